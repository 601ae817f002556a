namespace VecStore.Analysis.Tests.Sae;

public sealed class SparseEncodingTests
{
    public static TheoryData<string> Kinds => ["relu", "jumprelu", "topk", "batchtopk", "gated"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_activation_gives_what_its_definition_gives(string kind)
    {
        SparseAutoencoder model = RandomAutoencoder.Of(kind);
        MemoryRows rows = RandomAutoencoder.Rows(150);
        RandomAutoencoder.Sink sink = new();
        SparseEncodingReport report = model.Encode(rows, DocumentRows.Every(40), sink);
        Assert.Equal([40, 40, 40, 30], sink.Documents.Select(document => document.Starts.Length - 1));
        Assert.Equal(150, report.Tokens);
        float[] row = new float[model.InputDimension];
        int at = 0;
        foreach ((_, int[] starts, int[] features, float[] activations, _) in sink.Documents)
        {
            for (int token = 0; token + 1 < starts.Length; token++)
            {
                rows.Read(at++, row);
                float[] expected = RandomAutoencoder.Activations(model, row);
                int[] active = [.. Enumerable.Range(0, expected.Length).Where(feature => expected[feature] > 0)];
                Assert.NotEmpty(active);
                Assert.Equal(active, features[starts[token]..starts[token + 1]]);
                for (int i = 0; i < active.Length; i++)
                    Assert.InRange(activations[starts[token] + i], expected[active[i]] * (1 - 2e-7f) - 1e-9f, expected[active[i]] * (1 + 2e-7f) + 1e-9f);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Any_number_of_threads_gives_the_same_bits(string kind)
    {
        SparseAutoencoder model = RandomAutoencoder.Of(kind);
        MemoryRows rows = RandomAutoencoder.Rows(1300);
        RandomAutoencoder.Sink[] sinks = [new(), new(), new()];
        for (int i = 0; i < 3; i++) model.Encode(rows, DocumentRows.Every(100), sinks[i], new() { Threads = (int[])[1, 2, 7] is var threads ? threads[i] : 0 });
        for (int i = 1; i < 3; i++)
        {
            Assert.Equal(sinks[0].Documents.Count, sinks[i].Documents.Count);
            for (int document = 0; document < sinks[0].Documents.Count; document++)
            {
                Assert.Equal(sinks[0].Documents[document].Starts, sinks[i].Documents[document].Starts);
                Assert.Equal(sinks[0].Documents[document].Features, sinks[i].Documents[document].Features);
                Assert.Equal(sinks[0].Documents[document].Activations, sinks[i].Documents[document].Activations);
            }
        }
    }

    [Fact]
    public void Of_equal_pre_activations_the_lower_features_survive()
    {
        // Twenty copies of one row: the float32 product could order them in any way, the definition takes the first five.
        float[] row = [0.1f, -0.7f, 0.3f], encoder = [.. Enumerable.Range(0, 20).SelectMany(_ => row)];
        SparseAutoencoder model = new(3, encoder, encoder, new float[20], new float[3], new SparseActivation.TopK(5));
        RandomAutoencoder.Sink sink = new();
        model.Encode(new MemoryRows(new float[] { 1, -1, 1 }, 3), DocumentRows.Every(1), sink);
        Assert.Equal([0, 1, 2, 3, 4], sink.Documents[0].Features);
    }

    [Fact]
    public void Near_ties_are_decided_in_double()
    {
        // Feature 1 exceeds feature 0 by 2^-23 of its value, behind sums of large numbers that cancel: a float32 sum loses it.
        float[] x = [4096, 1, 4096, 1], encoder = [1, 1, -1, 0, 1, MathF.BitIncrement(1), -1, 0];
        SparseAutoencoder model = new(4, encoder, encoder, new float[2], new float[4], new SparseActivation.TopK(1));
        RandomAutoencoder.Sink sink = new();
        model.Encode(new MemoryRows(x, 4), DocumentRows.Every(1), sink);
        Assert.Equal([1], sink.Documents[0].Features);
        Assert.Equal([MathF.BitIncrement(1)], sink.Documents[0].Activations);
    }

    [Fact]
    public void Weak_activations_can_be_left_out_and_progress_is_heard()
    {
        SparseAutoencoder model = RandomAutoencoder.Of("relu");
        RandomAutoencoder.Sink all = new(), strong = new();
        List<long> heard = [];
        model.Encode(RandomAutoencoder.Rows(300), DocumentRows.Every(300), all, progress: heard.Add);
        model.Encode(RandomAutoencoder.Rows(300), DocumentRows.Every(300), strong, new() { Least = 1 });
        Assert.Equal(all.Documents[0].Activations.Where(value => value > 1), strong.Documents[0].Activations);
        Assert.Equal(300, heard[^1]);
    }

    [Fact]
    public void What_cannot_be_encoded_says_so()
    {
        SparseAutoencoder model = RandomAutoencoder.Of("topk");
        RandomAutoencoder.Sink sink = new();
        Assert.Contains("37", Assert.Throws<ArgumentException>(() => model.Encode(new MemoryRows(new float[8], 4), DocumentRows.Every(1), sink)).Message, StringComparison.Ordinal);
        float[] row = new float[37];
        row[5] = float.NaN;
        Assert.Contains("row 0", Assert.Throws<InvalidDataException>(() => model.Encode(new MemoryRows(row, 37), DocumentRows.Every(1), sink)).Message, StringComparison.Ordinal);
        using CancellationTokenSource stopped = new();
        stopped.Cancel();
        Assert.Throws<OperationCanceledException>(() => model.Encode(RandomAutoencoder.Rows(2), DocumentRows.Every(1), sink, cancellation: stopped.Token));
        SparseAutoencoder unknown = new(3, new float[9], new float[9], new float[3], new float[3], new SparseActivation.Relu()) { InputScale = double.NaN };
        Assert.Throws<InvalidOperationException>(() => unknown.Encode(new MemoryRows(new float[3], 3), DocumentRows.Every(1), sink));
        unknown.WithInputScale(2).Encode(new MemoryRows(new float[3], 3), DocumentRows.Every(1), sink);
    }
}
