namespace VecStore.Analysis.Tests.Store;

public sealed class SnapshotStudiesTests
{
    private static readonly (string, string)[] Capitals =
        [("france", "paris"), ("germany", "berlin"), ("spain", "madrid"), ("russia", "moscow"), ("japan", "tokyo"), ("egypt", "cairo"), ("greece", "athens"), ("italy", "rome")];

    [Fact]
    public void Directions_spectra_and_projections_are_asked_of_a_store()
    {
        string folder = Directory.CreateTempSubdirectory("vecstore-analysis-").FullName;
        try
        {
            MemoryRows words = SharedData.Words(20_000);
            using VectorStore store = VectorStore.Open(folder, new() { CreateIfMissing = true, GraphMinRows = int.MaxValue });
            VectorCollection collection = store.Create("words", new(100) { KeyKind = KeyKind.String });
            using (BulkLoad load = collection.BeginBulkLoad())
            {
                float[] row = new float[100];
                for (int i = 0; i < words.Count; i++)
                {
                    words.Read(i, row);
                    load.Append(words.KeyOf(i), row);
                }
                load.Publish();
            }
            using Snapshot snapshot = collection.TakeSnapshot();
            PairDirectionResult capital = snapshot.LearnDirection(Capitals, new() { NullDraws = 199, BootstrapDraws = 20 });
            Assert.True(capital.AgainstRandomSigns.PValue <= 0.02);
            Assert.True(capital.MeanHeldOutCosine > 0.6);
            // A country moved along the direction comes out at its capital; it was not among the pairs.
            Assert.Contains("vienna", snapshot.Steer(["austria"], capital.Vector, [0, 3, 6]).Rows[2].Neighbors.Select(answer => answer.Key));

            SetDirectionResult set = snapshot.LearnDirectionAgainstBackground([.. Capitals.Select(pair => pair.Item2)], 200, new() { NullDraws = 19, BootstrapDraws = 5 });
            Assert.Equal((8, 200), set.RowsSeen);
            Assert.True(set.HeldOutArea.Observed > 0.9);
            ProjectionResult projected = snapshot.Project(set.Vector, new() { UnitLength = true, Extremes = 50 });
            Assert.Equal(20_000, projected.RowsSeen);
            Assert.Contains("paris", projected.Top.Select(item => words.KeyOf(item.Row)));

            SpectrumReport spectrum = snapshot.Spectrum(new() { FirstRank = 11, LastRank = 90, BootstrapDraws = 3, ControlDraws = 5 }, new() { First = 10_000 });
            Assert.Equal(10_000, spectrum.RowsSeen);
            double[] direct = SymmetricEigen.Values(Scan.Run(SharedData.Words(10_000), new Covariance(100)).Sample);
            Assert.Equal(direct, spectrum.Spectrum.Eigenvalues);
            Assert.Equal(direct[0], snapshot.PrincipalComponents(1, new() { First = 10_000 }).Variances[0], 1e-9);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
