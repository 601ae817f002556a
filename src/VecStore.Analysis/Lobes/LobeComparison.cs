namespace VecStore.Analysis;

/// <summary>What of lobes is compared with the geometry of rows.</summary>
public sealed record LobeComparisonOptions
{
    /// <summary>Nearest rows that a neighbourhood has.</summary>
    public int Neighbors { get; init; } = 20;

    /// <summary>Permutations of the labels.</summary>
    public int Draws { get; init; } = 100;

    /// <summary>Seed of all nulls, folds and clusterings.</summary>
    public ulong Seed { get; init; }

    /// <summary>A labelling of the rows within which labels are permuted too, for the stricter null (by frequency, say); null for none.</summary>
    public Labeling? Strata { get; init; }

    /// <summary>Another labelling of the rows to compare with, for example spectral clusters of the angular affinity; null for none.</summary>
    public Labeling? Other { get; init; }

    /// <summary>How lobes are decoded from rows; null leaves that out, which saves most of the time.</summary>
    public DecoderOptions? Decoder { get; init; }

    /// <summary>Whether the silhouette of the unit rows is computed.</summary>
    public bool Silhouette { get; init; } = true;

    /// <summary>Threads; the result is the same for any number. 0 means one per processor.</summary>
    public int Threads { get; init; }

    /// <summary>Told the share of the pairs of rows that were compared.</summary>
    public IProgress<double>? Progress { get; init; }
}

/// <summary>Lobes against the geometry of the rows.</summary>
/// <param name="Rows">Rows that have a lobe.</param>
/// <param name="LeftOut">Rows that have none, for example features that never fire; they are nobody's neighbours either.</param>
/// <param name="Purity">Share of the neighbours in a row's own lobe: overall, per lobe, per row.</param>
/// <param name="Agreement">Agreement with the other labelling, where one was given.</param>
/// <param name="AgreementTest">Its adjusted mutual information beside permuted labels.</param>
/// <param name="AgreementWithinStrata">The same beside labels permuted within strata.</param>
/// <param name="Decoding">How lobes are decoded from rows, where that was asked.</param>
/// <param name="Silhouette">How lobes separate by the distance of unit rows.</param>
/// <param name="Lobes">The lobes.</param>
/// <param name="Options">What was asked.</param>
public sealed record LobeComparison(
    int Rows, int LeftOut, NeighborhoodPurity Purity, LabelAgreement? Agreement, NullTest? AgreementTest, NullTest? AgreementWithinStrata,
    LabelDecoding? Decoding, SilhouetteStudy? Silhouette, Labeling Lobes, LobeComparisonOptions Options) : IAnalysisResult
{
    string IAnalysisResult.Title => "Lobes against the geometry of the rows";

    IReadOnlyList<ResultFact> IAnalysisResult.Facts
    {
        get
        {
            List<ResultFact> facts =
            [
                new("reading", Words()), new("lobes", Purity.Lobes.Count), new("lobe_source", Lobes.Provenance), new("rows_seen", Rows), new("rows_left_out", LeftOut), new("exact", true),
                new("neighbors", Purity.Neighbors), new("purity", Purity.Overall.Observed), new("purity_chance", Purity.Chance), new("purity_lift", Purity.Lift),
                ResultFact.Of("purity_test", Purity.Overall),
            ];
            if (Purity.WithinStrata is { } strictPurity) facts.Add(ResultFact.Of("purity_test_within_strata", strictPurity));
            if (Agreement is { } agreement)
            {
                facts.AddRange(
                [
                    new("other_source", Options.Other!.Provenance), new("ami", agreement.AdjustedMutualInformation), new("nmi", agreement.NormalizedMutualInformation),
                    new("ari", agreement.AdjustedRandIndex), new("rows_in_both", agreement.Rows), ResultFact.Of("ami_test", AgreementTest!),
                ]);
                if (AgreementWithinStrata is { } strictAgreement) facts.Add(ResultFact.Of("ami_test_within_strata", strictAgreement));
            }
            if (Decoding is { } decoding)
            {
                facts.AddRange(
                [
                    new("balanced_accuracy", decoding.BalancedAccuracy.Observed), new("balanced_accuracy_chance", decoding.Chance), new("balanced_accuracy_pooled", decoding.Pooled),
                    new("accuracy", decoding.Accuracy), new("majority_share", decoding.MajorityShare), new("folds", decoding.Options.Folds), new("repeats", decoding.Options.Repeats),
                    ResultFact.Of("decoding_test", decoding.BalancedAccuracy),
                ]);
                if (decoding.WithinStrata is { } strictDecoding) facts.Add(ResultFact.Of("decoding_test_within_strata", strictDecoding));
                if (decoding.RandomRows is { } random) facts.Add(ResultFact.Of("decoding_test_random_rows", random));
            }
            if (Silhouette is { } silhouette) facts.Add(new("silhouette", silhouette.Mean));
            return facts;
        }
    }

    private string Words() => Reading.Join(
        Reading.Of("neighbours in the row's own lobe", Purity.WithinStrata ?? Purity.Overall),
        (AgreementWithinStrata ?? AgreementTest) is { } agreement ? Reading.Of("mutual information with the other labels", agreement) : null,
        Decoding is { } decoding ? Reading.Of("balanced accuracy of lobes read off unseen rows", decoding.WithinStrata ?? decoding.BalancedAccuracy) : null,
        Options.Strata is not null ? "chance: labels permuted among rows alike in the strata" : null);

    IReadOnlyList<ResultTable> IAnalysisResult.Tables
    {
        get
        {
            ResultTable table = new("per_lobe", new("lobe", typeof(string)), new("rows", typeof(int)), new("purity", typeof(double)), new("chance", typeof(double)),
                new("lift", typeof(double)), new("null_mean", typeof(double)), new("p", typeof(double)), new("recall", typeof(double)), new("silhouette", typeof(double)));
            foreach (LobePurity lobe in Purity.Lobes)
            {
                int label = Lobes.LabelOf(lobe.Lobe);
                table.Add(lobe.Lobe, lobe.Size, lobe.Share, lobe.Chance, lobe.Lift, lobe.NullMean, lobe.PValue, Decoding?.Recall[label], Silhouette?.MeanOfLabels[label]);
            }
            return [table];
        }
    }

    /// <summary>Compares; neighbours by cosine among the rows that have a lobe. n^2 d / 2 multiply-adds for the neighbours, as many for the silhouette.</summary>
    public static LobeComparison Of(IRowSource rows, Labeling lobes, LobeComparisonOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new();
        RequireRows(rows, lobes, nameof(lobes));
        if (options.Other is { } other) RequireRows(rows, other, nameof(options));
        if (options.Strata is { } strata) RequireRows(rows, strata, nameof(options));
        int[] labelled = lobes.Rows();
        SelectedRows chosen = new(rows, labelled);
        NeighborLists near = NeighborLists.Of(chosen, options.Neighbors, options.Threads, options.Progress, cancellation);
        NeighborhoodPurity purity = NeighborhoodPurity.Of(
            near, [.. labelled.Select(row => lobes[row])], labelled, lobes.Names, options.Draws, options.Seed, options.Strata, options.Threads, cancellation);
        LabelAgreement? agreement = null;
        NullTest? test = null, strict = null;
        if (options.Other is not null)
        {
            agreement = LabelAgreement.Of(lobes, options.Other);
            test = LabelAgreement.Test(lobes, options.Other, options.Draws, options.Seed, null, options.Threads, cancellation);
            if (options.Strata is not null) strict = LabelAgreement.Test(lobes, options.Other, options.Draws, options.Seed, options.Strata, options.Threads, cancellation);
        }
        return new(labelled.Length, rows.Count - labelled.Length, purity, agreement, test, strict,
            options.Decoder is null ? null : LabelDecoder.Run(rows, lobes, options.Decoder, cancellation),
            options.Silhouette ? SilhouetteStudy.Of(new UnitRows(rows), lobes, options.Threads, null, cancellation) : null, lobes, options);
    }

    private static void RequireRows(IRowSource rows, Labeling labels, string name)
    {
        if (labels.Count != rows.Count) throw new ArgumentException($"labels for {labels.Count} rows, there are {rows.Count}", name);
    }
}
