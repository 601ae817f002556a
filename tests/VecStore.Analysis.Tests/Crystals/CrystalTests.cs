using System.Text.Json;

namespace VecStore.Analysis.Tests;

public sealed class CrystalTests
{
    private const int Signal = 6, Noise = 40, Relations = 6, PairsOfRelation = 40;

    /// <summary>Each relation adds the same vector in six dimensions, and every pair another one, three times as long, in forty distractor dimensions.</summary>
    private static (MemoryRows Rows, List<(int From, int To)> Pairs, int[] Relation) Planted(ulong seed)
    {
        int d = Signal + Noise;
        SeededRandom random = new(seed, "planted crystals");
        float[] values = new float[2 * Relations * PairsOfRelation * d];
        List<(int, int)> pairs = [];
        List<int> relation = [];
        for (int r = 0; r < Relations; r++)
        {
            double[] step = [.. Enumerable.Range(0, Signal).Select(_ => 2 * random.NextGaussian())];
            for (int p = 0; p < PairsOfRelation; p++)
            {
                int from = 2 * pairs.Count, to = from + 1;
                for (int k = 0; k < d; k++)
                {
                    double x = 4 * random.NextGaussian();
                    values[from * d + k] = (float)x;
                    values[to * d + k] = (float)(x + (k < Signal ? step[k] + 0.15 * random.NextGaussian() : 2.5 * random.NextGaussian()));
                }
                pairs.Add((from, to));
                relation.Add(r);
            }
        }
        return (new(values, d), pairs, [.. relation]);
    }

    private static RelationDifferences[] AsRelations(MemoryRows rows, List<(int From, int To)> pairs, int[] relation)
        => [.. Enumerable.Range(0, Relations).Select(r => RelationDifferences.Of($"relation {r}", rows,
            [.. pairs.Where((_, i) => relation[i] == r).Select(pair => (rows.KeyOf(pair.From), rows.KeyOf(pair.To)))]))];

    [Fact]
    public void Planted_crystals_are_hidden_by_distractors_and_found_after_the_discriminant_on_held_out_folds()
    {
        (MemoryRows rows, List<(int, int)> pairs, int[] relation) = Planted(seed: 1);
        CrystalStudyResult result = CrystalStudy.Run(AsRelations(rows, pairs, relation), rows);
        CrystalView raw = result.Views[0], after = result.Views[1];
        TestContext.Current.SendDiagnosticMessage($"raw: recall {raw.Recall:F3}, precision {raw.Precision:F3}, average precision {raw.AveragePrecision:F3}; " +
            $"after: recall {after.Recall:F3}, precision {after.Precision:F3}, average precision {after.AveragePrecision:F3}");
        Assert.True(raw.Recall < 0.05, $"raw recall {raw.Recall}");
        Assert.True(raw.AveragePrecision < 0.5, $"raw average precision {raw.AveragePrecision}");
        Assert.True(after.Recall > 0.9, $"recall {after.Recall}");
        Assert.True(after.Precision > 0.9, $"precision {after.Precision}");
        Assert.True(after.Within > 0.9 && raw.Within < 0.3, $"{raw.Within} {after.Within}");
    }

    [Theory]
    [InlineData(CrystalShape.Trapezoid, CrystalNull.RandomPairs)]
    [InlineData(CrystalShape.Trapezoid, CrystalNull.OwnMoments)]
    [InlineData(CrystalShape.Parallelogram, CrystalNull.RandomPairs)]
    public void Random_data_has_no_crystals_above_its_null(CrystalShape shape, CrystalNull chance)
    {
        // Long in a few directions, so that parallel differences are not rare at all.
        int seedsWithFinds = 0;
        for (ulong seed = 0; seed < 10; seed++)
        {
            SeededRandom random = new(seed, "random rows");
            MemoryRows rows = new(Enumerable.Range(0, 800 * 20).Select(i => (float)(random.NextGaussian() * (i % 20 < 3 ? 5 : 1))).ToArray(), 20);
            PairDifferences differences = PairDifferences.Of(rows, [.. Enumerable.Range(0, 400).Select(i => (2 * i, 2 * i + 1))]);
            CrystalReport report = CrystalSearch.Run(differences, new() { Shape = shape, NullDraws = 19, Seed = seed, Null = chance });
            if (report.Found > 0) seedsWithFinds++;
            Assert.Equal(400L * 399 / 2, report.Compared);
        }
        Assert.True(seedsWithFinds <= 1, $"{seedsWithFinds} of 10 random sets have finds");
    }

    [Fact]
    public void Discriminants_of_random_relations_find_none_on_held_out_folds()
    {
        (MemoryRows rows, List<(int, int)> pairs, int[] relation) = Planted(seed: 2);
        new SeededRandom(3, "shuffled").Shuffle(relation.AsSpan());
        CrystalView after = CrystalStudy.Run(AsRelations(rows, pairs, relation), rows).Views[1];
        Assert.True(after.Recall < 0.02, $"recall {after.Recall}");
    }

    [Fact]
    public void A_planted_parallelogram_is_found_with_its_four_rows_whichever_way_its_pairs_run()
    {
        SeededRandom random = new(4, "one parallelogram");
        const int d = 24;
        float[] values = [.. Enumerable.Range(0, 100 * d).Select(_ => (float)random.NextGaussian())];
        for (int k = 0; k < d; k++) values[3 * d + k] = values[2 * d + k] + values[d + k] - values[k]; // row 3 = row 2 + row 1 - row 0
        MemoryRows rows = new(values, d);
        PairDifferences differences = PairDifferences.Of(rows, [(0, 1), (3, 2), .. Enumerable.Range(2, 48).Select(i => (2 * i, 2 * i + 1))]);
        CrystalReport report = CrystalSearch.Run(differences, new() { Shape = CrystalShape.Parallelogram });
        Assert.Equal(1, report.Found);
        Crystal crystal = Assert.Single(report.Crystals);
        Assert.Equal((0, 1, true), (crystal.First, crystal.Second, crystal.Turned));
        Assert.Equal(1, crystal.Score, 1e-3);
        Assert.True(report.Best.PValue <= 1.0 / 40 + 1e-9);
        Assert.True(crystal.SideRatio > 0.3);
        Assert.Equal([0, 1], Assert.Single(report.Families()));
        Assert.Equal(["0", "1", "2", "3"], Enumerable.Range(0, 4).Select(column => (string)((IAnalysisResult)report).Tables[0][0, column]!));
    }

    [Fact]
    public void Pairs_that_share_rows_share_them_in_the_null_too()
    {
        // More pairs than rows: pairs drawn independently would come twice, with a cosine of 1, and nothing could be found beside them.
        SeededRandom random = new(6, "few rows");
        const int rowCount = 60, d = 16;
        float[] values = [.. Enumerable.Range(0, rowCount * d).Select(_ => (float)random.NextGaussian())];
        for (int k = 0; k < d; k++) values[3 * d + k] = values[2 * d + k] + values[d + k] - values[k]; // row 3 = row 2 + row 1 - row 0
        MemoryRows rows = new(values, d);
        PairDifferences differences = PairDifferences.Of(rows, [.. Enumerable.Range(0, 30).SelectMany(i => Enumerable.Range(i + 1, 29 - i).Select(j => (i, j)))]);
        CrystalReport report = CrystalSearch.Run(differences, new() { Shape = CrystalShape.Parallelogram });
        Assert.InRange(report.Best.NullMean, 0.3, 0.9);
        Assert.True(report.Best.PValue <= 1.0 / 40 + 1e-9, $"{report.Best}");
        Assert.Contains(report.Crystals, crystal => differences.Pairs[crystal.First] == (0, 1) && differences.Pairs[crystal.Second] == (2, 3));
        for (int k = 0; k < d; k++) values[3 * d + k] = (float)random.NextGaussian();
        CrystalReport without = CrystalSearch.Run(PairDifferences.Of(rows, differences.Pairs), new() { Shape = CrystalShape.Parallelogram });
        Assert.Equal(0, without.Found);
        Assert.True(without.Best.PValue > 0.05, $"{without.Best}");
    }

    [Fact]
    public void The_same_crystals_with_1_2_and_7_threads()
    {
        (MemoryRows rows, List<(int, int)> pairs, _) = Planted(seed: 5);
        string[] json = [.. new[] { 1, 2, 7 }.Select(threads => CrystalSearch.Run(PairDifferences.Of(rows, pairs), new() { Threads = threads, FalseDiscoveryRate = 0.9 }).ToJson())];
        Assert.Equal(json[0], json[1]);
        Assert.Equal(json[0], json[2]);
    }

    [Fact]
    public void Pairs_within_groups_are_all_or_a_seeded_draw()
    {
        MemoryRows rows = new(new float[10 * 2], 2);
        Labeling groups = new([0, 0, 0, 1, 1, -1, 2, 1, 1, -1], "by hand");
        PairDifferences all = PairDifferences.WithinGroups(rows, groups);
        Assert.Equal([(0, 1), (0, 2), (1, 2), (3, 4), (3, 7), (4, 7), (3, 8), (4, 8), (7, 8)], all.Pairs);
        PairDifferences some = PairDifferences.WithinGroups(rows, groups, most: 4, seed: 1);
        Assert.Equal((4, 9L), (some.Count, some.Considered));
        Assert.Subset(all.Pairs.ToHashSet(), some.Pairs.ToHashSet());
        Assert.Equal(some.Pairs, PairDifferences.WithinGroups(rows, groups, most: 4, seed: 1).Pairs);
    }

    [Fact]
    public void The_leading_distractor_of_word_relations_is_frequency_as_the_reference_has_it()
    {
        JsonElement root = SharedData.Reference("lda_todd.json"), reference = root.GetProperty("pc_confounds");
        MemoryRows words = SharedData.Words();
        HashSet<(int, int)> pairs = [];
        foreach (JsonElement relation in root.GetProperty("all_usable").GetProperty("relations").EnumerateArray())
        {
            HashSet<(int, int)> own = [];
            foreach ((string from, string to) in RelationFile.Read(Checkout.Shared($"data/relations/todd/dataset_files/abstractive/{relation.GetString()}.json")))
                if (words.TryFind(from.ToLowerInvariant(), out int a) && words.TryFind(to.ToLowerInvariant(), out int b) && a != b && own.Add((b, a))) pairs.Add((b, a)); // input minus output
        }
        PairDifferences differences = PairDifferences.Of(words, [.. pairs]);
        DistractorReport report = DistractorStudy.Run(differences,
            [new("log rank", [.. Enumerable.Range(0, words.Count).Select(row => Math.Log(row + 1))]), new("length", [.. Enumerable.Range(0, words.Count).Select(row => (double)words.KeyOf(row).Length)])],
            components: 2, draws: 99);
        foreach (Distractor distractor in report.Distractors)
        {
            JsonElement component = reference.GetProperty($"PC{distractor.Component}");
            Assert.Equal(component.GetProperty("explained").GetDouble(), distractor.Explained, 1e-3); // a few pairs come in two relations and count once here
            double expected = component.GetProperty(distractor.Covariate == "length" ? "corr_char_length_diff" : "corr_log_rank_diff").GetDouble();
            Assert.Equal(Math.Abs(expected), Math.Abs(distractor.Correlation.Observed), 0.01); // the sign of a component is a convention
        }
        Assert.Equal(0.01, report.Distractors[0].Correlation.PValue, 1e-12);
    }
}
