using System.CommandLine;
using VecStore.Analysis;

namespace VecStore.Cli.Commands;

/// <summary>Which of some keys does not belong to the others.</summary>
internal sealed class OddOneOutCommand : AnalysisCommand
{
    private readonly Argument<string[]> keys = new("KEY") { Description = "At least three keys.", Arity = ArgumentArity.OneOrMore };

    public OddOneOutCommand(CommandEnvironment environment)
        : base(environment, "odd-one-out", "Which of some keys is farthest from their mean (gensim's doesnt_match).", Shared.Metric) => Arguments.Add(keys);

    protected override int Analyze(ParseResult parse)
    {
        string[] asked = parse.GetValue(keys)!;
        if (asked.Length < 3) throw new MistakeException($"Of {asked.Length} keys none is the odd one; at least three are needed.");
        using VectorStore store = OpenToRead(parse, ignoreGraphs: true);
        using Snapshot snapshot = CollectionOf(parse, store).TakeSnapshot();
        KnowKeys(snapshot, asked);
        if (asked.GroupBy(key => key, StringComparer.Ordinal).FirstOrDefault(key => key.Count() > 1) is { } twice)
            throw new MistakeException($"\"{twice.Key}\" is named {twice.Count()} times; each key once.");
        InnerProduct? inner = Inner(parse, store, snapshot);
        IReadOnlyList<(string Key, double Cosine)> found = snapshot.Rows(inner: inner).OddOneOut(asked);
        var table = new ResultTable("keys", new("key", typeof(string)), new("cosine_to_mean", typeof(double)));
        foreach ((string key, double cosine) in found) table.Add(key, cosine);
        return Show(parse, new AnalysisReport($"{found[0].Key} is the odd one",
            [new("collection", snapshot.Collection), new("odd_one_out", found[0].Key), new("metric", (inner ?? InnerProduct.Euclidean).CosineDescription), new("rows_seen", asked.Length), new("exact", true)], [table]));
    }
}
