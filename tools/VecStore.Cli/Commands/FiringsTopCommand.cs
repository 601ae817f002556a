using System.CommandLine;
using VecStore.Analysis;
using VecStore.Cli.Features;

namespace VecStore.Cli.Commands;

/// <summary>Where a feature fires most strongly.</summary>
internal sealed class FiringsTopCommand : FiringsCommand
{
    private readonly Argument<int> feature = new("FEATURE") { Description = "The feature's number." };
    private readonly Option<int?> count = Setting.Integer("-k", "K", "How many places [10].", 1, 100_000);
    private readonly Option<int?> radius = Setting.Integer("--radius", "N", "Tokens before and after [10].", 0, 10_000);
    private readonly Option<string?> vocabulary = Setting.Text("--vocabulary", "FILE", "The strings of the tokens by id: a JSON list, or one a line.");
    private readonly Option<bool> onePerDocument = Setting.Flag("--one-per-document", "Only the strongest place of each document.");

    public FiringsTopCommand(CommandEnvironment environment)
        : base(environment, "top", "Shows where a feature fires most strongly, with the tokens around where they are stored.", Shared.None)
    {
        Arguments.Add(feature);
        foreach (Option option in new Option[] { count, radius, vocabulary, onePerDocument }) Options.Add(option);
    }

    protected override int Analyze(ParseResult parse, Snapshot snapshot, FiringStore firings)
    {
        int number = parse.GetValue(feature);
        RequireFeature(firings, number);
        TokenTable? strings = TokenTable.Read(parse.GetValue(vocabulary));
        if (strings is not null && !firings.HasTokens)
            Say("note: these firings have no token ids, so --vocabulary has nothing to name; import the activations with --tokens FILE and encode them again.");
        FiringContext[] contexts = firings.TopContexts(number, parse.GetValue(count) ?? 10, parse.GetValue(radius) ?? 10, Documents(parse), parse.GetValue(onePerDocument));
        ResultTable table = new("contexts", new("document", typeof(long)), new("position", typeof(int)), new("activation", typeof(float)), new("first_token", typeof(int)),
            new("tokens", typeof(IReadOnlyList<int>)), new("text", typeof(string)));
        foreach (FiringContext context in contexts)
        {
            string? text = strings is null || context.Tokens.Length == 0 ? null : string.Concat(context.Tokens.Select((id, i) =>
                context.FirstToken + i == context.Position ? $"[[{strings[id]}]]" : strings[id]));
            table.Add(context.Document, context.Position, context.Activation, context.FirstToken, context.Tokens, text);
        }

        return Show(parse, new AnalysisReport($"Feature {number}: strongest activations", [.. Facts(snapshot, firings), new("feature", number), new("feature_firings", firings.CountOf(number))], [table]));
    }
}
