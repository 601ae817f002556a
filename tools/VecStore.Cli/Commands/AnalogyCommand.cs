using System.CommandLine;
using System.Diagnostics;
using VecStore.Analysis;

namespace VecStore.Cli.Commands;

/// <summary>Solves analogies as vector arithmetic over rows of unit length: 3CosAdd (Mikolov et al. 2013), the inputs left out.</summary>
internal sealed class AnalogyCommand : AnalysisCommand
{
    private readonly Argument<string> expression = new("EXPRESSION") { Description = "\"king - man + woman\"; keys with other characters in quotes: \"'new york' - usa + france\"." };
    private readonly Option<int?> k = Setting.Integer("-k", "K", "How many answers [5].", 1, 1_000_000, "--count");

    public AnalogyCommand(CommandEnvironment environment)
        : base(environment, "analogy", "Solves \"king - man + woman\": the rows of highest cosine with the sum, the inputs left out.", Shared.Rows | Shared.Metric | Shared.Threads)
    {
        Arguments.Add(expression);
        Options.Add(k);
    }

    protected override int Analyze(ParseResult parse)
    {
        VectorExpression sum = VectorExpression.Parse(parse.GetValue(expression)!);
        using VectorStore store = OpenToRead(parse, ignoreGraphs: true);
        using Snapshot snapshot = CollectionOf(parse, store).TakeSnapshot();
        long started = Stopwatch.GetTimestamp();
        var options = new NearestOptions { Count = parse.GetValue(k) ?? 5, Inner = Inner(parse, store, snapshot), Threads = Threads(parse) };
        IReadOnlyList<ScoredKey> answers = Solve(snapshot, sum, options, Selection(parse), Cancellation);
        var table = new ResultTable("answers", new("key", typeof(string)), new("cosine", typeof(float)));
        foreach (ScoredKey answer in answers) table.Add(answer.Key, answer.Score);
        return Show(parse, new AnalysisReport(sum.ToString()!,
            [
                new("collection", snapshot.Collection), new("expression", sum.ToString()), new("restrict", Restrict(parse)), new("metric", (options.Inner ?? InnerProduct.Euclidean).Description),
                new("seconds", Stopwatch.GetElapsedTime(started).TotalSeconds),
            ],
            [table]));
    }

    /// <summary>The rows of highest cosine with the value of an expression whose keys stand for rows of unit length; these rows themselves are left out.</summary>
    public static IReadOnlyList<ScoredKey> Solve(Snapshot snapshot, VectorExpression sum, NearestOptions options, RowSelection selection, CancellationToken cancellation)
    {
        foreach (string key in sum.Keys)
        {
            if (!snapshot.Contains(KeyOf(snapshot.Schema, key))) throw Keys.Unknown(key, snapshot.Collection);
        }

        return snapshot.Nearest(sum, options, selection: selection, cancellation: cancellation);
    }
}
