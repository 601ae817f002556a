namespace VecStore.Cli.Demonstration;

/// <summary>What the demo measured; also its JSON document.</summary>
internal sealed record DemoResult(string Store, string Collection, long Rows, double ReadSeconds, double GraphSeconds, long Bytes, IReadOnlyList<string> Neighbors,
    IReadOnlyList<string> Analogy, IReadOnlyList<string> Filtered, DemoSpeed Exact, IReadOnlyList<DemoSpeed> Graph);

/// <summary>One way of searching: how fast, and how many of the true ten nearest it found.</summary>
/// <param name="Ef">The effort; 0 for the graph's own choice, null for exact search.</param>
/// <param name="Recall">Recall@10 against exact search.</param>
/// <param name="QueriesPerSecond">One thread.</param>
internal sealed record DemoSpeed(int? Ef, double Recall, double QueriesPerSecond);
