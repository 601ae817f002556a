using System.Data.Common;
using System.Text.Json;

namespace VecStore.Analysis.Tests.Subspaces;

/// <summary>Spaces with a planted shape: what was put in comes out, whatever the number of threads and however the result is read.</summary>
public sealed class SubspaceStudyTests
{
    private const int Dimension = 40;

    /// <summary>Rows in a plane of <paramref name="rank"/> axes from <paramref name="first"/> on, with deviations 10, 9, 8, ..., and noise of .01 everywhere.</summary>
    private static MemoryRows Planted(int count, int first, int rank, ulong seed)
    {
        SeededRandom random = new(seed, "test");
        float[] values = new float[count * Dimension];
        for (int i = 0; i < values.Length; i++)
        {
            int axis = i % Dimension - first;
            values[i] = (float)(0.01 * random.NextGaussian() + (axis >= 0 && axis < rank ? (10 - axis) * random.NextGaussian() : 0) + 1);
        }
        return new(values, Dimension);
    }

    [Fact]
    public void Rank_dimension_angles_and_energies_are_those_planted()
    {
        MemoryRows rows = Planted(20_000, first: 0, rank: 4, seed: 1), other = Planted(5_000, first: 2, rank: 4, seed: 2);
        SubspaceReport report = SubspaceStudy.Run(rows, other, new() { Components = 4, IntrinsicRows = 2_000 });
        double[] variances = [100, 81, 64, 49];
        Assert.Equal(Math.Pow(variances.Sum(), 2) / variances.Sum(v => v * v), report.Spectrum.ParticipationRatio, 0.05);
        Assert.InRange(report.Intrinsic!.TwoNearest, 3.4, 4.4);
        Assert.Equal(variances.Sum(Math.Log) + 36 * Math.Log(1e-4), report.LogDeterminant, 0.5);
        Assert.Equal(Math.Sqrt(Dimension), DoubleVectors.Norm(report.Moments.Mean), 0.2);
        Assert.InRange(report.LargestCorrelation, 0, 0.05);
        // Axes 0..3 against 2..5: two in common, two perpendicular.
        GroupSubspacesResult groups = report.Groups!;
        Assert.Equal([0, 0], groups.Angles[..2].Select(angle => Math.Round(angle, 2)));
        Assert.Equal([1.57, 1.57], groups.Angles[2..].Select(angle => Math.Round(angle, 2)));
        Assert.Equal(0.5, groups.Overlap.Observed, 1e-3);
        Assert.Equal(4.0 / Dimension, groups.Overlap.NullMean, 0.02); // random subspaces: k / d
        Assert.Equal((100 + 81) / variances.Sum(), groups.EnergyOfSecondInFirst, 0.02); // of the second's axes the two strongest
        Assert.Equal((64 + 49) / variances.Sum(), groups.EnergyOfFirstInSecond, 0.02);
    }

    [Fact]
    public void Reports_have_the_same_bits_for_1_2_and_7_threads()
    {
        MemoryRows rows = Planted(40_000, 0, 6, 3), other = Planted(40_000, 3, 6, 4);
        Assert.Single(Enumerable.Distinct(from threads in new[] { 1, 2, 7 }
                                          select SubspaceStudy.Run(rows, other, new() { IntrinsicRows = 500, Scan = new() { Threads = threads } }).ToJson()));
        Assert.Single(Enumerable.Distinct(from threads in new[] { 1, 2, 7 }
                                          select SpaceComparison.Run(new PairedRows((IRowSource)rows, other), 500, 9, scan: new() { Threads = threads }).ToJson()));
        Assert.Single(Enumerable.Distinct(from threads in new[] { 1, 2, 7 } select PrincipalComponents.Randomized(rows, 5, scan: new() { Threads = threads }).ToJson()));
        Assert.Single(Enumerable.Distinct(from threads in new[] { 1, 2, 7 }
                                          select ClusteringEntropyStudy.Run(rows, new() { SampleRows = 400, Components = 10, Draws = 2, Threads = threads }).ToJson()));
    }

    [Fact]
    public void Random_iterations_find_the_components_of_the_covariance()
    {
        MemoryRows rows = Planted(3_000, 0, 8, 5);
        PrincipalComponents exact = PrincipalComponents.Of(rows, 8), iterated = PrincipalComponents.Randomized(rows, 8);
        Golden.Close([.. exact.Variances.Select(_ => 1.0)], [.. iterated.Variances.Zip(exact.Variances, (a, b) => a / b)], 1e-5);
        for (int c = 0; c < 8; c++) Assert.Equal(1, Math.Abs(DoubleVectors.Dot(exact.Components[c], iterated.Components[c])), 1e-6);
        Golden.Close(exact.Mean, iterated.Mean, 1e-6);
        Assert.Equal(exact.TotalVariance, iterated.TotalVariance, 1e-3);
        // The state comes back from a file with every bit.
        PartialScan<CovarianceTimes, (double[][] Products, double)> state = Scan.Partial(rows, new CovarianceTimes(exact.Mean, exact.Components));
        using MemoryStream file = new();
        state.Write(file);
        file.Position = 0;
        Assert.Equal(state.Finish().Products, PartialScan<CovarianceTimes, (double[][] Products, double)>.Read(file).Finish().Products);
    }

    [Fact]
    public void Layers_are_fitted_over_the_same_ranks_and_each_is_its_own_spectrum()
    {
        MemoryRows first = Planted(700, 0, 30, 6), second = Planted(500, 0, 12, 7);
        LayersOptions options = new()
        {
            Spectrum = new() { FirstRank = 2, BootstrapDraws = 3, ControlDraws = 4, Seed = 9 },
            Entropy = new() { SampleRows = 600, Components = 50, Draws = 2 },
        };
        LayersReport report = LayersStudy.Run([("one", first), ("two", second)], options);
        Assert.Equal(["one", "two"], report.Layers.Select(layer => layer.Name));
        foreach ((LayerFigures layer, MemoryRows rows) in report.Layers.Zip([first, second]))
        {
            SpectrumReport alone = SpectrumStudy.Run(rows, options.Spectrum);
            Assert.Equal(36, alone.Fit.LastRank); // 90 % of 40
            Assert.Equal(alone.Fit, layer.Spectrum.Fit);
            Assert.Equal(alone.Slope, layer.Spectrum.Slope);
            Assert.Equal((500, 40), (layer.Entropy!.RowsSeen, layer.Entropy.Components)); // of the smaller
        }
        using DbDataReader table = ((IAnalysisResult)report).CreateReader("layers");
        Assert.True(table.Read() && table.Read());
        Assert.Equal("two", table["collection"]);
        Assert.Equal(report.Layers[1].Spectrum.Fit.Alpha, table["alpha"]);
        Assert.Equal(-report.Layers[1].Spectrum.Slope!.High, table["alpha_low"]);
        Assert.Contains("<svg", report.Plot().ToSvg(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_result_of_spaces_can_be_shown()
    {
        MemoryRows rows = Planted(100, 0, 3, 8);
        RelationDifferences Relation(int at) => new($"r{at}", [.. Golden.Doubles(rows).Skip(at).Take(12)], 12);
        ConceptDifferences Concept(int at) => new($"c{at}", Relation(at).Differences);
        IAnalysisResult[] results =
        [
            SpectrumStudy.Run(rows, new() { FirstRank = 1, LastRank = 3, BootstrapDraws = 0, ControlDraws = 1 }), PrincipalComponents.Of(rows, 2), IntrinsicDimension.Estimate(rows),
            GroupSubspaces.Compare(rows, rows, 2, 3), SpaceComparison.Run(new PairedRows((IRowSource)rows, rows), 50, 3), SubspaceStudy.Run(rows),
            ClusteringEntropyStudy.Run(rows, new() { Components = 3, Draws = 2 }), LayersStudy.Run([("a", rows)], new() { Spectrum = new() { FirstRank = 1, LastRank = 3, BootstrapDraws = 0 } }),
            LinearRepresentationTest.Run([Concept(0), Concept(20)], rows, draws: 3), LinearRepresentationTest.Align([Concept(0), Concept(20)], [Concept(0), Concept(20)], 3),
            LogOddsFit.OfProbabilities([0, 1, 2, 3], [0.1, 0.3, 0.4, 0.8]), LinearOriginsStudy.Run(new() { Concepts = 2, Steps = 20 }),
            RelationStudy.Run([Relation(0), Relation(20)], new() { NullDraws = 1, Folds = 2 }),
        ];
        foreach (IAnalysisResult result in results)
        {
            using JsonDocument json = JsonDocument.Parse(result.ToJson());
            Assert.True(json.RootElement.EnumerateObject().Count() >= 2);
            StringWriter text = new(), csv = new();
            result.WriteText(text);
            result.WriteCsv(csv);
            Assert.StartsWith(result.Title, text.ToString(), StringComparison.Ordinal);
            Assert.True(csv.ToString().Split('\n').Length >= 3);
        }
    }

    [Fact]
    public void Log_odds_are_fitted_to_a_field_of_the_rows()
    {
        string folder = Directory.CreateTempSubdirectory("vecstore-analysis-").FullName;
        try
        {
            using VectorStore store = VectorStore.Open(folder, new() { CreateIfMissing = true });
            VectorCollection collection = store.Create("c", new(2) { Fields = [new("p", FieldType.Double), new("label", FieldType.Bool), new("text", FieldType.String)] });
            using (WriteBatch batch = collection.BeginWrite())
            {
                for (int i = -50; i < 50; i++)
                {
                    double x = i / 10.0, p = 1 / (1 + Math.Exp(-(0.8 * (float)x + 0.3)));
                    batch.Upsert(i, [(float)x, i % 3], i % 7 == 0 ? new() { ["text"] = "none" } : new() { ["p"] = p, ["label"] = i > 3 || i % 5 == 0, ["text"] = "a" });
                }
                batch.Commit();
            }
            using Snapshot snapshot = collection.TakeSnapshot();
            LogOddsFit fit = snapshot.FitLogOdds([1, 0], "p");
            Assert.Equal(85, fit.RowsSeen);
            Assert.Equal(0.8, fit.Slope, 1e-6);
            Assert.Equal(0.3, fit.Intercept, 1e-6);
            Assert.Equal(1, fit.R2, 1e-9);
            Assert.InRange(snapshot.FitLogOdds([1, 0], "label").Slope, 0.1, 5);
            Assert.Contains("holds text", Assert.Throws<ArgumentException>(() => snapshot.FitLogOdds([1, 0], "text")).Message, StringComparison.Ordinal);
            Assert.Contains("\"q\"", Assert.Throws<ArgumentException>(() => snapshot.FitLogOdds([1, 0], "q")).Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
