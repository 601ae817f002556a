using System.CommandLine;
using VecStore.Analysis;

namespace VecStore.Cli.Commands;

/// <summary>How near two keys, or two sets of keys, are, and who stands between.</summary>
internal sealed class SimilarityCommand : AnalysisCommand
{
    private readonly Argument<string[]> first = new("KEY") { Description = "A key, or several: then their mean.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string[]> with = Setting.Several("--with", "KEY", "The other key, or several: then their mean.");
    private readonly Option<int?> k = Setting.Integer("-k", "K", "How many of the keys that are nearer, and the neighbours of the relative cosine [10].", 1, 1_000_000, "--count");

    public SimilarityCommand(CommandEnvironment environment)
        : base(environment, "similarity", "Cosine of two keys or sets of keys; for two keys also rank, relative cosine and the keys that are nearer.", Shared.Rows | Shared.Metric)
    {
        Arguments.Add(first);
        Options.Add(with);
        Options.Add(k);
    }

    protected override int Analyze(ParseResult parse)
    {
        string[] left = parse.GetValue(first)!, right = parse.GetValue(with)!;
        if (right.Length == 0) throw new MistakeException("Similar to what? Name a key with --with KEY.");
        using VectorStore store = OpenToRead(parse, ignoreGraphs: true);
        using Snapshot snapshot = CollectionOf(parse, store).TakeSnapshot();
        KnowKeys(snapshot, left.Concat(right));
        InnerProduct? inner = Inner(parse, store, snapshot);
        IKeyedRows rows = Rows(parse, snapshot, inner);
        double cosine = left.Length + right.Length == 2 ? rows.Similarity(left[0], right[0]) : rows.Similarity(left, right);
        List<ResultFact> facts =
        [
            new("collection", snapshot.Collection), new("first", left), new("second", right), new("metric", (inner ?? InnerProduct.Euclidean).CosineDescription), new("rows_seen", rows.Count), new("exact", true),
            new("cosine", cosine),
        ];
        List<ResultTable> tables = [];
        if (left.Length + right.Length == 2 && left[0] != right[0])
        {
            int count = parse.GetValue(k) ?? 10;
            IReadOnlyList<ScoredKey> closer = rows.CloserThan(left[0], right[0]);
            facts.Add(new("rank", closer.Count + 1));
            facts.Add(new("relative_cosine", rows.RelativeCosine(left[0], right[0], count)));
            var table = new ResultTable("closer", new("key", typeof(string)), new("cosine", typeof(float)));
            foreach (ScoredKey one in closer.Take(count)) table.Add(one.Key, one.Score);
            tables.Add(table);
        }

        return Show(parse, new AnalysisReport($"{string.Join(", ", left)} and {string.Join(", ", right)}", facts, tables));
    }
}
