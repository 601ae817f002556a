using System.CommandLine;
using System.Diagnostics;
using VecStore.Analysis;

namespace VecStore.Cli.Commands;

/// <summary>Solves analogies over rows of unit length: 3CosAdd (Mikolov et al. 2013) for any sum of rows, the other methods for one pair or a set of pairs.</summary>
internal sealed class AnalogyCommand : AnalysisCommand
{
    private readonly Argument<string> expression = new("EXPRESSION")
    {
        Description = "\"king - man + woman\"; keys with other characters in quotes: \"'new york' - usa + france\". With --pairs the key asked about.",
    };

    private readonly Option<AnalogyMethod?> method = Setting.Choice("--method", "How candidates are scored [3cosadd; with --pairs 3cosavg].", Names.Analogies);
    private readonly Option<string?> pairs = Setting.Text("--pairs", "FILE", "For 3cosavg and lrcos: pairs of the relation, two keys a line.");
    private readonly Option<bool> skipUnknown = Setting.Flag("--skip-unknown", "Leave out pairs with a key that has no row.");
    private readonly Option<bool> keepInputs = Setting.Flag("--inputs-allowed", "The keys asked with may be answers too.");
    private readonly Option<int?> k = Setting.Integer("-k", "K", "How many answers [5].", 1, 1_000_000, "--count");

    public AnalogyCommand(CommandEnvironment environment)
        : base(environment, "analogy", "Solves \"king - man + woman\": the rows nearest to the sum, the inputs left out.", Shared.Rows | Shared.Metric | Shared.Threads)
    {
        Arguments.Add(expression);
        foreach (Option option in new Option[] { method, pairs, skipUnknown, keepInputs, k }) Options.Add(option);
    }

    protected override int Analyze(ParseResult parse)
    {
        VectorExpression asked = VectorExpression.Parse(parse.GetValue(expression)!);
        IReadOnlyList<(string From, string To)>? relation = parse.GetValue(pairs) is { } path ? TextFiles.Pairs(path) : null;
        AnalogyMethod how = parse.GetValue(method) ?? (relation is null ? AnalogyMethod.ThreeCosAdd : AnalogyMethod.ThreeCosAvg);
        using VectorStore store = OpenToRead(parse, ignoreGraphs: true);
        using Snapshot snapshot = CollectionOf(parse, store).TakeSnapshot();
        KnowKeys(snapshot, asked.Keys);
        if (relation is not null) relation = ListedPairs(parse, snapshot, relation, parse.GetValue(skipUnknown));
        else if (parse.GetValue(skipUnknown)) throw new MistakeException("--skip-unknown is for the keys of --pairs.");
        if (relation?.Count == 0) throw new MistakeException($"{parse.GetValue(pairs)}: no pair is left to learn from.");
        InnerProduct? inner = Inner(parse, store, snapshot);
        long started = Stopwatch.GetTimestamp();
        IReadOnlyList<ScoredKey> answers = Answers(parse, snapshot, asked, relation, how, inner);
        bool isCosine = how is AnalogyMethod.ThreeCosAdd or AnalogyMethod.ThreeCosAvg;
        var table = new ResultTable("answers", new("key", typeof(string)), new(isCosine ? "cosine" : "score", typeof(float)));
        foreach (ScoredKey answer in answers) table.Add(answer.Key, answer.Score);
        return Show(parse, new AnalysisReport(asked.ToString()!,
            [
                new("collection", snapshot.Collection), new("expression", asked.ToString()), new("method", how.ShortName()), new("pairs", relation?.Count),
                new("restrict", Restrict(parse)), new("metric", (inner ?? InnerProduct.Euclidean).CosineDescription), new("rows_seen", Rows(parse, snapshot).Count), new("exact", true),
                new("seconds", Stopwatch.GetElapsedTime(started).TotalSeconds),
            ],
            [table]));
    }

    private IReadOnlyList<ScoredKey> Answers(
        ParseResult parse, Snapshot snapshot, VectorExpression asked, IReadOnlyList<(string From, string To)>? relation, AnalogyMethod how, InnerProduct? inner)
    {
        int count = parse.GetValue(k) ?? 5;
        bool inputsToo = parse.GetValue(keepInputs);
        RowSelection selection = Selection(parse);
        if (relation is null && how == AnalogyMethod.ThreeCosAdd)
            return snapshot.Nearest(asked, new() { Count = count, Inner = inner, Threads = Threads(parse) }, inputsToo, selection, Cancellation);
        var options = new AnalogyOptions { Method = how, Count = count, Inner = inner, Threads = Threads(parse), ExcludeInputs = !inputsToo };
        bool learns = how is AnalogyMethod.ThreeCosAvg or AnalogyMethod.LogisticCosine;
        if (relation is not null)
        {
            if (!learns) throw new MistakeException($"--method {Names.Analogies[how]} takes one pair, in the expression; --pairs is for 3cosavg and lrcos.");
            if (how == AnalogyMethod.LogisticCosine && relation.Count < 2) throw new MistakeException($"{parse.GetValue(pairs)} has one pair; lrcos needs at least two.");
            if (asked.Keys.Count != 1) throw new MistakeException("With --pairs the expression is the one key asked about.");
            return AnalogySolver.SolveFromPairs(Rows(parse, snapshot), relation, asked.Keys[0], options, Cancellation).Answers;
        }

        if (learns) throw new MistakeException($"--method {Names.Analogies[how]} learns from pairs: name their file with --pairs FILE.");
        if (Terms(asked) is not { } terms) throw new MistakeException($"--method {Names.Analogies[how]} needs an expression b - a + c of three keys, such as \"king - man + woman\".");
        return snapshot.SolveAnalogy(terms.A, terms.B, terms.C, options, selection, Cancellation).Answers;
    }

    // b - a + c in any order: the key with the minus is a, the first of the others b.
    private static (string A, string B, string C)? Terms(VectorExpression expression)
    {
        IReadOnlyList<string> keys = expression.Keys;
        if (keys.Count != 3) return null;
        float[] factors = expression.Evaluate(new KeyFactors(keys));
        int minus = Array.IndexOf(factors, -1f);
        if (minus < 0 || factors.Count(factor => factor == 1f) != 2) return null;
        string[] others = [.. keys.Where((_, i) => i != minus)];
        return (keys[minus], others[0], others[1]);
    }

    private sealed class KeyFactors(IReadOnlyList<string> keys) : IVectorResolver
    {
        public int Dimension => keys.Count;

        public bool TryGet(string key, Span<float> vector)
        {
            vector.Clear();
            for (int i = 0; i < keys.Count; i++)
                if (keys[i] == key) vector[i] = 1;
            return true;
        }
    }
}
