using System.Diagnostics;
using VecStore.Analysis;
using VecStore.Cli.Terminals;
using VecStore.Formats;

namespace VecStore.Cli.Demonstration;

/// <summary>The demo from its first line to its last. Everything it shows is computed while it runs.</summary>
internal static class Demo
{
    public static DemoResult Run(VectorStore store, string name, DemoStage stage, CancellationToken cancellation)
    {
        stage.Line("VecStore: vectors in a folder, searched in the process. All that follows is");
        stage.Line("computed now, on this machine.");
        stage.Heading("A store from 20,000 English words (GloVe, 100 dimensions, float16)");
        (double readSeconds, double graphSeconds) = Build(store, name, stage, cancellation);
        long bytes = StoreFiles.Bytes(store.Path);
        stage.Line($"It takes {Display.Bytes(bytes)} in {store.Path}");

        using Snapshot words = store[name].TakeSnapshot();
        stage.Heading("Which words are near \"king\"? (cosine, through the HNSW graph)");
        string[] neighbors = Neighbors(words, stage);
        stage.Heading("What is to woman as king is to man? (every word compared, inputs left out)");
        string[] analogy = Analogy(words, stage, cancellation);
        stage.Heading("Near \"computer\", but only common words that begin with s (a filter)");
        string[] filtered = Filtered(words, stage);
        stage.Heading("Exact search against the graph: 1,000 words, 10 neighbours each, 1 thread");
        (DemoSpeed exact, DemoSpeed[] graph) = SearchSpeed.Measure(words, stage, cancellation);
        WhatNext(store.Path, name, stage);
        return new DemoResult(store.Path, name, words.Count, readSeconds, graphSeconds, bytes, neighbors, analogy, filtered, exact, graph);
    }

    private static (double ReadSeconds, double GraphSeconds) Build(VectorStore store, string name, DemoStage stage, CancellationToken cancellation)
    {
        using VectorSource source = SampleWords.Open();
        var schema = new CollectionSchema(source.Dimension) { ElementType = ElementType.Float16, KeyKind = KeyKind.String, Fields = SampleWords.Fields };
        VectorCollection collection = store.Create(name, schema);
        using BulkLoad load = collection.BeginBulkLoad();
        long started = Stopwatch.GetTimestamp();
        var block = new VectorBlock();
        while (source.Read(block))
        {
            cancellation.ThrowIfCancellationRequested();
            for (int i = 0; i < block.Count; i++) load.Append(block.Keys[i]!, block.Row(i), SampleWords.FieldsOf(block.Keys[i]!, block.FirstRow + i));
        }

        double read = Stopwatch.GetElapsedTime(started).TotalSeconds;
        stage.Line($"{Display.Count(load.Rows)} rows read in {Seconds(read)}");
        started = Stopwatch.GetTimestamp();
        BulkLoadReport report = load.Publish(cancellation: cancellation);
        double graph = Stopwatch.GetElapsedTime(started).TotalSeconds;
        stage.Line($"{Display.Count(report.Rows)} rows stored and linked into an HNSW graph in {Seconds(graph)}");
        return (read, graph);
    }

    private static string[] Neighbors(Snapshot words, DemoStage stage)
    {
        stage.Typed("search --like king -k 8");
        var nearest = new Neighbor[8];
        int found = words.SearchLike("king", nearest, SearchOptions.Default, out SearchReport report);
        return Show(words, nearest.AsSpan(0, found), report, stage);
    }

    private static string[] Analogy(Snapshot words, DemoStage stage, CancellationToken cancellation)
    {
        stage.Typed("analogy \"king - man + woman\"");
        IReadOnlyList<ScoredKey> answers = words.Nearest(VectorExpression.Parse("king - man + woman"), new NearestOptions { Count = 5 }, cancellation: cancellation);
        stage.Scores(answers.Select(answer => (answer.Key, answer.Score)));
        return [.. answers.Select(answer => answer.Key)];
    }

    private static string[] Filtered(Snapshot words, DemoStage stage)
    {
        const string Text = "initial = 's' and rank < 9999";
        stage.Typed($"search --like computer --filter \"{Text}\"");
        var nearest = new Neighbor[10];
        int found = words.SearchLike("computer", nearest, new SearchOptions { Filter = Filter.Parse(Text) }, out SearchReport report);
        return Show(words, nearest.AsSpan(0, found), report, stage);
    }

    private static string[] Show(Snapshot words, ReadOnlySpan<Neighbor> nearest, SearchReport report, DemoStage stage)
    {
        var found = new List<(string Word, float Score)>();
        foreach (Neighbor neighbor in nearest) found.Add((words.KeyOf(neighbor).Text, neighbor.Score));
        stage.Scores(found);
        stage.Line($"({report})");
        return [.. found.Select(one => one.Word)];
    }

    private static void WhatNext(string folder, string name, DemoStage stage)
    {
        stage.Line();
        stage.Line("What to type next, with V for");
        stage.Line("dotnet run -c Release --project tools/VecStore.Cli --");
        stage.Line();
        stage.Line($"V search --like paris --store {folder}");
        stage.Line($"V analogy \"paris - france + italy\" --store {folder}");
        stage.Line($"V info {folder}");
        stage.Line($"V import vectors.npy --keys words.txt --into my.store --collection {name}");
        stage.Line("V --help");
    }

    private static string Seconds(double seconds) => Display.Duration(TimeSpan.FromSeconds(seconds));
}
