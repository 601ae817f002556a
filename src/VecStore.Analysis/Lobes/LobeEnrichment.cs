namespace VecStore.Analysis;

/// <summary>A lobe in the blocks of one label.</summary>
/// <param name="Lobe">Name of the lobe.</param>
/// <param name="Label">Name of the label.</param>
/// <param name="Firings">Sum over the lobe's features of the blocks of the label in which they fire.</param>
/// <param name="Share">That over the lobe's firings in all blocks.</param>
/// <param name="Expected">The same share over all features that have a lobe.</param>
/// <param name="BlocksWon">Blocks of the label in which the lobe has the largest share of its features firing.</param>
/// <param name="FisherP">Fisher's exact test, one-sided: that so many or more of the label's blocks are won by the lobe if labels and winners were independent. Blocks of one document are not independent; see the permutation.</param>
/// <param name="PermutationP">(1 + hits) / (1 + draws): block labels permuted, the number of blocks won at least as large.</param>
public sealed record LobeInLabel(string Lobe, string Label, long Firings, double Share, double Expected, long BlocksWon, double FisherP, double PermutationP)
{
    /// <summary>Share over expected share.</summary>
    public double Enrichment => Share / Expected;
}

/// <summary>What lobes of features have to do with labels of blocks.</summary>
/// <param name="Cells">Every lobe with every label.</param>
/// <param name="Winners">The winning lobe of each block: most of its features firing, relative to its size; the smaller number of equals, -1 where none fires.</param>
/// <param name="Agreement">Winning lobes against block labels.</param>
/// <param name="AgreementTest">Its adjusted mutual information beside permuted block labels.</param>
/// <param name="Blocks">Blocks that have a label.</param>
public sealed record LobeEnrichment(IReadOnlyList<LobeInLabel> Cells, Labeling Winners, LabelAgreement Agreement, NullTest AgreementTest, int Blocks) : IAnalysisResult
{
    string IAnalysisResult.Title => "Lobes in labelled blocks";

    IReadOnlyList<ResultFact> IAnalysisResult.Facts =>
    [
        new("winner_reading", Reading.Of("mutual information of winning lobe and label", AgreementTest)), new("labelled_blocks", Blocks), new("block_label_source", AgreementSource), new("winner_ami", Agreement.AdjustedMutualInformation),
        new("winner_ari", Agreement.AdjustedRandIndex), ResultFact.Of("winner_ami_test", AgreementTest),
    ];

    IReadOnlyList<ResultTable> IAnalysisResult.Tables
    {
        get
        {
            ResultTable table = new("enrichment", new("lobe", typeof(string)), new("label", typeof(string)), new("enrichment", typeof(double)), new("share", typeof(double)),
                new("expected", typeof(double)), new("firings", typeof(long)), new("blocks_won", typeof(long)), new("fisher_p", typeof(double)), new("p", typeof(double)));
            foreach (LobeInLabel cell in Cells)
                table.Add(cell.Lobe, cell.Label, cell.Enrichment, cell.Share, cell.Expected, cell.Firings, cell.BlocksWon, cell.FisherP, cell.PermutationP);
            return [table];
        }
    }

    /// <summary>Where the block labels come from.</summary>
    public string AgreementSource { get; init; } = "";

    /// <summary>Enrichment of each lobe (rows) in each label (columns), as log2 of share over expected share: 0 is chance.</summary>
    public HeatMap ToPlot()
    {
        string[] lobes = [.. Cells.Select(cell => cell.Lobe).Distinct()], labels = [.. Cells.Select(cell => cell.Label).Distinct()];
        return new("Enrichment of lobes in labelled blocks", lobes, labels, [.. Cells.Select(cell => Math.Log2(cell.Enrichment))])
        {
            RowCaption = "lobe",
            ColumnCaption = "label of the block",
            ValueCaption = "log2",
        };
    }

    /// <summary>Goes through the blocks once.</summary>
    /// <param name="blocks">The features that fire in each block, each at most once.</param>
    /// <param name="blockLabels">The label of each block.</param>
    /// <param name="lobes">The lobe of each feature; features that are left out count nowhere.</param>
    /// <param name="draws">Permutations of the block labels.</param>
    /// <param name="seed">Their seed.</param>
    /// <param name="blockStrata">Block labels are permuted only within these, for example the documents; null permutes all.</param>
    /// <param name="cancellation">Ends it.</param>
    public static LobeEnrichment Of(
        FeatureBlocks blocks, Labeling blockLabels, Labeling lobes, int draws = 100, ulong seed = 0, Labeling? blockStrata = null,
        CancellationToken cancellation = default)
    {
        int lobeCount = lobes.Names.Count, labelCount = blockLabels.Names.Count;
        long[] firings = new long[lobeCount * labelCount];
        int[] winners = new int[blockLabels.Count], firing = new int[lobeCount];
        if (blocks.Count != winners.Length) throw new ArgumentException($"{blocks.Count} blocks, {winners.Length} labels", nameof(blocks));
        if (blocks.FeatureCount != lobes.Count) throw new ArgumentException($"blocks of {blocks.FeatureCount} features, lobes of {lobes.Count}", nameof(lobes));
        for (int block = 0; block < winners.Length; block++)
        {
            cancellation.ThrowIfCancellationRequested();
            Array.Clear(firing);
            foreach (int feature in blocks[block])
                if (lobes[feature] >= 0) firing[lobes[feature]]++;
            int best = -1;
            for (int lobe = 0; lobe < lobeCount; lobe++)
            {
                if (firing[lobe] == 0) continue;
                if (best < 0 || (long)firing[lobe] * lobes.Sizes[best] > (long)firing[best] * lobes.Sizes[lobe]) best = lobe;
                if (blockLabels[block] >= 0) firings[lobe * labelCount + blockLabels[block]] += firing[lobe];
            }
            winners[block] = best;
        }

        Labeling winning = new(winners, "winning lobe of " + lobes.Provenance, lobes.Names);
        LabelAgreement agreement = LabelAgreement.Of(winning, blockLabels);
        NullTest test = LabelAgreement.Test(winning, blockLabels, draws, seed, blockStrata, 0, cancellation);
        (int[] won, int[] labels, int[] rows) = LabelAgreement.Both(winning, blockLabels);
        int[] hits = new int[lobeCount * labelCount];
        LabelPermutation permutation = new(labels, rows, blockStrata);
        for (int draw = 0; draw < draws; draw++)
        {
            cancellation.ThrowIfCancellationRequested();
            int[] shuffled = permutation.Shuffled(new(seed, "permuted labels", draw));
            long[] table = new long[lobeCount * labelCount];
            for (int i = 0; i < won.Length; i++) table[won[i] * labelCount + shuffled[i]]++;
            for (int cell = 0; cell < hits.Length; cell++)
                if (table[cell] >= agreement.Table[cell / labelCount][cell % labelCount]) hits[cell]++;
        }

        long everything = firings.Sum();
        List<LobeInLabel> cells = [];
        for (int lobe = 0; lobe < lobeCount; lobe++)
        {
            long ofLobe = firings.AsSpan(lobe * labelCount, labelCount).ToArray().Sum(), wonByLobe = agreement.Table[lobe].Sum();
            for (int label = 0; label < labelCount; label++)
            {
                long ofLabel = 0, blocksOfLabel = 0, both = agreement.Table[lobe][label];
                for (int other = 0; other < lobeCount; other++)
                {
                    ofLabel += firings[other * labelCount + label];
                    blocksOfLabel += agreement.Table[other][label];
                }
                cells.Add(new(lobes.Names[lobe], blockLabels.Names[label], firings[lobe * labelCount + label],
                    ofLobe > 0 ? (double)firings[lobe * labelCount + label] / ofLobe : double.NaN, everything > 0 ? (double)ofLabel / everything : double.NaN, both,
                    FisherExact.Greater(both, wonByLobe - both, blocksOfLabel - both, agreement.Rows - wonByLobe - blocksOfLabel + both),
                    (1.0 + hits[lobe * labelCount + label]) / (1.0 + draws)));
            }
        }
        return new(cells, winning, agreement, test, blockLabels.LabelledRows) { AgreementSource = blockLabels.Provenance };
    }
}
