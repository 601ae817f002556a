using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using VecStore.Analysis;
using VecStore.Cli.Terminals;

namespace VecStore.Cli.Commands;

/// <summary>Solves analogies as vector arithmetic over rows of unit length: 3CosAdd (Mikolov et al. 2013), the inputs left out.</summary>
internal sealed class AnalogyCommand : StoreCommand
{
    private readonly Argument<string> expression = new("EXPRESSION") { Description = "\"king - man + woman\"; keys with other characters in quotes: \"'new york' - usa + france\"." };
    private readonly Option<int?> k = Setting.Integer("-k", "K", "How many answers [5].", 1, 1_000_000, "--count");
    private readonly Option<int?> restrict = Setting.Integer("--restrict", "N", "Only the first N rows are candidates.", 1);

    public AnalogyCommand(CommandEnvironment environment)
        : base(environment, "analogy", "Solves \"king - man + woman\": the rows of highest cosine with the sum, the inputs left out.")
    {
        Arguments.Add(expression);
        Options.Add(k);
        Options.Add(restrict);
    }

    protected override int Run(ParseResult parse)
    {
        VectorExpression sum = VectorExpression.Parse(parse.GetValue(expression)!);
        using VectorStore store = OpenToRead(parse, ignoreGraphs: true);
        using Snapshot snapshot = CollectionOf(parse, store).TakeSnapshot();
        long started = Stopwatch.GetTimestamp();
        IReadOnlyList<ScoredKey> answers = Solve(snapshot, sum, parse.GetValue(k) ?? 5, parse.GetValue(restrict), Cancellation);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (Json(parse))
        {
            JsonOutput.Write(Terminal, new Result(snapshot.Collection, sum.ToString()!, parse.GetValue(restrict), seconds,
                [.. answers.Select(answer => new Answer(answer.Key, answer.Score))]));
            return ExitCode.Success;
        }

        TextTable table = new TextTable().Column("#", right: true).Column("key").Column("cosine", right: true);
        for (int i = 0; i < answers.Count; i++) table.Row((i + 1).ToString(CultureInfo.InvariantCulture), answers[i].Key, Display.Score(answers[i].Score));
        table.Write(Terminal);
        return ExitCode.Success;
    }

    /// <summary>The rows of highest cosine with the value of an expression whose keys stand for rows of unit length; these rows themselves are left out.</summary>
    public static IReadOnlyList<ScoredKey> Solve(Snapshot snapshot, VectorExpression sum, int count, int? restrict, CancellationToken cancellation)
    {
        foreach (string key in sum.Keys)
        {
            if (!snapshot.Contains(KeyOf(snapshot.Schema, key))) throw Keys.Unknown(key, snapshot.Collection);
        }

        return snapshot.Nearest(sum, new NearestOptions { Count = count, Restrict = restrict }, cancellation: cancellation);
    }

    private sealed record Result(string Collection, string Expression, int? Restrict, double Seconds, IReadOnlyList<Answer> Answers);

    private sealed record Answer(string Key, float Cosine);
}
