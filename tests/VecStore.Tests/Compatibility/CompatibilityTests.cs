using System.Runtime.InteropServices;
using static VecStore.Filter;

namespace VecStore.Tests.Compatibility;

/// <summary>Every store that a released format version wrote is read, searched and written on. Fixtures/README.md says how the next one is added.</summary>
public sealed class CompatibilityTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Fixtures => [.. Directory.GetDirectories(FixtureStore.Folder).Select(folder => Path.GetFileName(folder)!).Order(StringComparer.Ordinal)];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void There_is_a_fixture_of_the_version_that_is_written()
    {
        string current = Path.Combine(FixtureStore.Folder, $"store-v{Storage.ManifestFile.FormatVersion}");
        if (Environment.GetEnvironmentVariable("VECSTORE_WRITE_FIXTURE") == "1" && !Directory.Exists(current)) FixtureStore.Write(current);
        Assert.True(Directory.Exists(current), $"{current} is not there: Fixtures/README.md says how to write it");
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void An_older_store_answers_as_it_did(string fixture)
    {
        Copy(fixture);
        using VectorStore store = VectorStore.Open(_folder.Path, new() { ReadOnly = true });
        Check(store, fixture);
        Assert.Equal("fixture", Assert.Single(store["numbers"].Provenance).Source);
        Assert.True(store.Verify().IsClean);
    }

    [Theory]
    [MemberData(nameof(Fixtures))]
    public void An_older_store_is_written_on_and_rewritten(string fixture)
    {
        Copy(fixture);
        using (VectorStore store = VectorStore.Open(_folder.Path))
        {
            Check(store, fixture);
            store["numbers"].Upsert(1_000, FixtureStore.Vector(1_000), FixtureStore.Fields(1_000));
            store["numbers"].Delete(1_000);
        }

        using (VectorStore store = VectorStore.Open(_folder.Path))
        {
            Check(store, fixture);
            foreach (string name in store.Collections)
            {
                store[name].RebuildIndex();
                store[name].Compact();
            }

            Check(store, fixture);
            VerifyReport report = store.Verify();
            Assert.True(report.IsClean, report.ToString());
        }
    }

    private static void Check(VectorStore store, string fixture)
    {
        VectorCollection numbers = store["numbers"];
        Assert.Equal(FixtureStore.Numbers.Fields, numbers.Schema.Fields);
        Assert.Equal(Metric.Cosine, numbers.Schema.Metric);
        int[] alive = [.. Enumerable.Range(0, FixtureStore.NumberRows).Where(key => !FixtureStore.IsDeleted(key))];
        Assert.Equal(alive.Length, numbers.Count);
        foreach (int key in alive)
        {
            Record row = numbers.Get(key)!;
            Assert.Equal(FixtureStore.Vector(key), row.Vector);
            Assert.Equal(FixtureStore.Fields(key).OrderBy(field => field.Key), row.Fields.OrderBy(field => field.Key));
        }

        float[] query = FixtureStore.Vector(1_234);
        double[] best = [.. alive.Select(key => Cosine(query, FixtureStore.Vector(key))).OrderDescending().Take(10)];
        foreach (SearchMethod method in (SearchMethod[])[SearchMethod.Exact, SearchMethod.Approximate])
        {
            var nearest = new Neighbor[10];
            Assert.Equal(10, numbers.Search(query, nearest, new() { Method = method, Effort = 300 }));
            for (int i = 0; i < 10; i++) Assert.Equal(best[i], nearest[i].Score, 1e-6);
        }

        using Snapshot snapshot = numbers.TakeSnapshot();
        CheckAttachment(snapshot, fixture);
        long expected = alive.Select(FixtureStore.Fields).Count(fields =>
            fields["year"].AsInt64() >= 2010 && !fields["tags"].IsAbsent && fields["title"].ToString().StartsWith("no. 1", StringComparison.Ordinal));
        Assert.Equal(expected, snapshot.CountWhere(Field("year") >= 2010 & Field("tags").Contains("third") & Field("title").StartsWith("no. 1")));
        foreach ((string name, ElementType element, Metric metric) in FixtureStore.Words)
        {
            VectorCollection words = store[name];
            Assert.Equal((element, metric, KeyKind.String, 20L), (words.Schema.ElementType, words.Schema.Metric, words.Schema.KeyKind, words.Count));
            double tolerance = element == ElementType.Float16 ? 0 : element == ElementType.Int8 ? 0.5 / 127 : 1 / 256.0;
            for (int key = 0; key < 20; key++)
            {
                float[] vector = words.Get($"wört {key}")!.Vector;
                for (int i = 0; i < vector.Length; i++) Assert.InRange(vector[i] - FixtureStore.Vector(key)[i], -tolerance, tolerance);
            }
        }
    }

    // Attachments came with version 2.
    private static void CheckAttachment(Snapshot numbers, string fixture)
    {
        if (fixture == "store-v1")
        {
            Assert.Empty(numbers.Attachments);
            return;
        }

        using Attachment attachment = numbers.OpenAttachment("squares");
        Assert.Equal("fixture", attachment.Entry.Provenance.Source);
        Assert.Equal(Enumerable.Range(0, 1_000).Select(i => i * i), MemoryMarshal.Cast<byte, int>(attachment.File["SQRS"].Read(0, 4_000)).ToArray());
    }

    private static double Cosine(float[] a, float[] b)
    {
        double dot = 0, aa = 0, bb = 0;
        for (int i = 0; i < a.Length; i++)
        {
            dot += (double)a[i] * b[i];
            aa += (double)a[i] * a[i];
            bb += (double)b[i] * b[i];
        }

        return dot / Math.Sqrt(aa * bb);
    }

    private void Copy(string fixture) => FixtureStore.CopyFolder(Path.Combine(FixtureStore.Folder, fixture), _folder.Path);
}
