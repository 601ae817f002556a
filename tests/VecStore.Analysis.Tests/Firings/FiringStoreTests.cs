using VecStore.Storage;

namespace VecStore.Analysis.Tests.Firings;

public sealed class FiringStoreTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("vecstore-firings-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>Whatever the types, and however little memory there is for turning rows by token into rows by feature: what was appended is there both ways.</summary>
    [Theory]
    [InlineData(50, ActivationType.Float32, true, 1L << 28)]
    [InlineData(50, ActivationType.Float32, false, 800)] // several ranges of features
    [InlineData(70_000, ActivationType.Float16, true, 400)]
    [InlineData(50, ActivationType.Float16, true, 1)] // every feature is written as it is read
    [InlineData(50, ActivationType.None, false, 300)]
    public void What_was_appended_is_read_by_document_and_by_feature(int featureCount, ActivationType activation, bool withTokens, long memory)
    {
        List<TestDocument> documents = RandomDocuments(featureCount, withTokens, activation, seed: featureCount);
        using FiringStore firings = Stored(documents, featureCount, new() { Activation = activation, TranspositionMemory = memory });
        Assert.Equal((documents.Count, documents.Sum(d => d.Starts.Length - 1), documents.Sum(d => d.Features.Length)), (firings.DocumentCount, firings.TokenCount, firings.FiringCount));
        Assert.Equal((featureCount, activation, withTokens), (firings.FeatureCount, firings.Activation, firings.HasTokens));
        int place = 0;
        foreach (DocumentFirings found in firings.Documents())
        {
            Same(documents[place], found);
            Same(documents[place], firings.Read(place));
            Assert.Equal(place, firings.PlaceOf(documents[place].Document));
            place++;
        }
        Assert.Equal(documents.Count, place);
        Assert.Equal(-1, firings.PlaceOf(documents[^1].Document + 1));

        foreach (int feature in documents.SelectMany(d => d.Features).Distinct().Take(60).Append(featureCount - 1))
        {
            (long Document, int Position, float Activation)[] expected = [.. Of(documents, feature)];
            Assert.Equal(expected.Length, firings.CountOf(feature));
            FiringContext[] all = firings.TopContexts(feature, int.MaxValue, radius: 2);
            Assert.Equal(expected.OrderByDescending(f => f.Activation).ThenBy(f => f.Document).ThenBy(f => f.Position), all.Select(f => (f.Document, f.Position, f.Activation)));
            foreach (FiringContext context in all)
            {
                TestDocument document = documents.Find(d => d.Document == context.Document)!;
                int first = Math.Max(0, context.Position - 2), end = Math.Min(document.Starts.Length - 1, context.Position + 3);
                Assert.Equal(withTokens ? document.Tokens[first..end] : [], context.Tokens);
            }
        }
    }

    [Fact]
    public void The_firings_of_a_token_are_its_features()
    {
        List<TestDocument> documents = RandomDocuments(40, true, ActivationType.Float32, seed: 3);
        using FiringStore firings = Stored(documents, 40);
        TestDocument some = documents.First(d => d.Starts.Length > 4 && d.Features.Length > 3);
        int place = documents.IndexOf(some);
        for (int token = 0; token < some.Starts.Length - 1; token++)
        {
            Assert.Equal(
                Enumerable.Range(some.Starts[token], some.Starts[token + 1] - some.Starts[token]).Select(i => new Firing(place, token, some.Features[i], some.Activations[i])),
                firings.FiringsOf(place, token));
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => firings.FiringsOf(place, some.Starts.Length - 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => firings.FiringsOf(documents.Count, 0));
    }

    /// <summary>Density, mean, quantiles (NumPy's linear rule) and histogram against the values themselves; over all documents and over some.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_figures_of_a_feature_are_those_of_its_activations(bool some)
    {
        List<TestDocument> documents = RandomDocuments(20, false, ActivationType.Float32, seed: 9);
        using FiringStore firings = Stored(documents, 20);
        Func<long, bool>? selected = some ? document => document % 3 != 0 : null;
        List<TestDocument> looked = [.. documents.Where(d => selected is null || selected(d.Document))];
        for (int feature = 0; feature < 20; feature++)
        {
            float[] values = [.. Of(looked, feature).Select(f => f.Activation).Order()];
            FeatureActivations found = firings.Activations(feature, [0, 0.3, 0.5, 1], 7, selected);
            Assert.Equal(looked.Sum(d => d.Starts.Length - 1), found.Tokens);
            Assert.Equal(values.Length, found.Firings);
            Assert.Equal(looked.Count(d => d.Features.Contains(feature)), found.Documents);
            Assert.Equal((double)values.Length / found.Tokens, found.Density, 15);
            Assert.Equal(values.Length, found.Histogram.Sum());
            if (values.Length == 0) continue;
            Assert.Equal(values.Average(x => (double)x), found.Mean, 12);
            Assert.Equal((values[0], values[^1]), (found.Minimum, found.Maximum));
            double at = 0.3 * (values.Length - 1);
            int low = (int)at;
            Assert.Equal(values[low] + ((at - low) * (values[Math.Min(low + 1, values.Length - 1)] - values[low])), found.Quantiles[1], 6);
            Assert.Equal((values[0], values[^1]), ((float)found.Quantiles[0], (float)found.Quantiles[3]));
            if (values.Length > 1) Assert.Equal(values.Count(x => x < values[0] + ((values[^1] - values[0]) / 7.0)), found.Histogram[0]);
        }
        Assert.Equal(firings.TopContexts(2, 5, 0, selected, onePerDocument: true).Select(c => c.Document).Distinct().Count(), Math.Min(5, looked.Count(d => d.Features.Contains(2))));
        foreach (FiringContext context in firings.TopContexts(2, 50, 0, selected, onePerDocument: true))
            Assert.Equal(Of(looked, 2).Where(f => f.Document == context.Document).Max(f => f.Activation), context.Activation);
    }

    [Fact]
    public void Documents_that_cannot_be_are_refused_and_nothing_is_published()
    {
        using VectorStore store = VectorStore.Open(folder + "/s", new() { CreateIfMissing = true });
        VectorCollection collection = store.Create("c", new(2));
        Refused(sink => sink.AppendDocument(0, [0, 2], [1, 1], [1, 1]));            // a feature twice
        Refused(sink => sink.AppendDocument(0, [0, 2], [3, 1], [1, 1]));            // descending
        Refused(sink => sink.AppendDocument(0, [0, 1], [10], [1]));                 // no such feature
        Refused(sink => sink.AppendDocument(0, [0, 1], [1], [float.NaN]));
        Refused(sink => sink.AppendDocument(0, [0, 2], [1], [1]));                  // starts past the firings
        Refused(sink => sink.AppendDocument(0, [0, 1], [1], [1], [7, 8]));          // two token ids of one token
        Refused(sink => Twice(sink, 5, 5));
        Refused(sink => Twice(sink, 5, 4));
        Refused(sink =>
        {
            sink.AppendDocument(0, [0, 1], [1], [1], [7]);
            sink.AppendDocument(1, [0, 1], [1], [1]);                               // token ids only in one
        });
        Assert.Empty(collection.Attachments);

        void Refused(Action<IFiringSink> write) => Assert.Throws<ArgumentException>(() => collection.PublishFirings("f", 10, write));

        static void Twice(IFiringSink sink, long first, long second)
        {
            sink.AppendDocument(first, [0, 0], [], []);
            sink.AppendDocument(second, [0, 0], [], []);
        }
    }

    [Fact]
    public void An_empty_file_of_firings_is_one_too()
    {
        using FiringStore firings = Stored([], 3);
        Assert.Equal((0, 0, 0), (firings.DocumentCount, firings.TokenCount, firings.FiringCount));
        Assert.Empty(firings.Documents());
        Assert.Empty(firings.TopContexts(2, 5));
        Assert.Equal([0, 1, 2], firings.NeverFiring);
        Assert.True(double.IsNaN(firings.Activations(1).Mean));
    }

    [Fact]
    public void A_flipped_bit_is_an_error_or_changes_no_answer()
    {
        List<TestDocument> documents = RandomDocuments(30, true, ActivationType.Float16, seed: 4);
        using (Stored(documents, 30, new() { Activation = ActivationType.Float16 })) { }
        string file = Assert.Single(Directory.GetFiles(folder + "/s/data", "*.firings"));
        byte[] sound = File.ReadAllBytes(file);
        string expected = Everything();
        int errors = 0;
        for (int at = 0; at < sound.Length; at += 149)
        {
            byte[] damaged = [.. sound];
            damaged[at] ^= 16;
            File.WriteAllBytes(file, damaged);
            try
            {
                Assert.Equal(expected, Everything());
            }
            catch (StoreCorruptException)
            {
                errors++;
            }
        }
        Assert.True(errors > 20);
    }

    private static IEnumerable<(long Document, int Position, float Activation)> Of(IEnumerable<TestDocument> documents, int feature)
    {
        foreach (TestDocument document in documents)
        {
            for (int token = 0; token < document.Starts.Length - 1; token++)
            {
                for (int i = document.Starts[token]; i < document.Starts[token + 1]; i++)
                    if (document.Features[i] == feature) yield return (document.Document, token, document.Activations[i]);
            }
        }
    }

    private static void Same(TestDocument expected, DocumentFirings found)
    {
        Assert.Equal(expected.Document, found.Document);
        Assert.Equal(expected.Starts, found.TokenStarts.ToArray());
        Assert.Equal(expected.Features, found.Features.ToArray());
        Assert.Equal(expected.Activations, found.Activations.ToArray());
        Assert.Equal(expected.Tokens, found.Tokens.ToArray());
    }

    private string Everything()
    {
        using VectorStore store = VectorStore.Open(folder + "/s", new() { ReadOnly = true });
        using Snapshot snapshot = store["c"].TakeSnapshot();
        using FiringStore firings = snapshot.OpenFirings();
        List<string> all = [.. firings.Documents().Select(d => $"{d.Document} {string.Join(',', d.Tokens.ToArray())} {string.Join(',', d.Features.ToArray())} {string.Join(',', d.Activations.ToArray())}")];
        for (int feature = 0; feature < firings.FeatureCount; feature++)
            all.AddRange(firings.TopContexts(feature, 10_000, 3).Select(c => $"{c.Document} {c.Position} {c.Activation} {string.Join(',', c.Tokens)}"));
        return string.Join('\n', all);
    }

    private FiringStore Stored(List<TestDocument> documents, int featureCount, FiringOptions? options = null)
    {
        using VectorStore store = VectorStore.Open(folder + "/s", new() { CreateIfMissing = true });
        VectorCollection collection = store.OpenOrCreate("c", new(2));
        AttachmentEntry entry = collection.PublishFirings(SnapshotFirings.DefaultName, featureCount, sink =>
        {
            foreach (TestDocument document in documents) sink.AppendDocument(document.Document, document.Starts, document.Features, document.Activations, document.Tokens);
        }, options, "a test");
        Assert.Equal($"{documents.Sum(d => d.Features.Length)}", entry.Provenance.Details["firings"]);
        Assert.True(store.Verify().IsClean);
        using Snapshot snapshot = collection.TakeSnapshot();
        return snapshot.OpenFirings();
    }

    private static List<TestDocument> RandomDocuments(int featureCount, bool withTokens, ActivationType activation, int seed)
    {
        Random random = new(seed);
        List<TestDocument> documents = [];
        long number = -5;
        for (int d = 0; d < 40; d++)
        {
            number += random.Next(1, 4);
            List<int> starts = [0], features = [], tokens = [];
            int length = d == 7 ? 0 : random.Next(1, 30);
            for (int token = 0; token < length; token++)
            {
                for (int feature = random.Next(featureCount); feature < featureCount; feature += random.Next(1, featureCount)) features.Add(feature);
                starts.Add(features.Count);
                if (withTokens) tokens.Add(random.Next(-3, 1000));
            }
            float[] activations = [.. features.Select(_ => activation switch
            {
                ActivationType.None => 1,
                ActivationType.Float16 => (float)(Half)(random.NextDouble() * 9),
                _ => (float)(random.NextDouble() * 9) - 1,
            })];
            documents.Add(new(number, [.. starts], [.. features], activations, [.. tokens]));
        }
        return documents;
    }

    private sealed record TestDocument(long Document, int[] Starts, int[] Features, float[] Activations, int[] Tokens);
}
