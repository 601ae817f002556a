using System.CommandLine;
using VecStore.Analysis;

namespace VecStore.Cli.Commands;

/// <summary>Asks every question of a file of analogies and counts the right answers, section by section.</summary>
internal sealed class EvaluateAnalogiesCommand : AnalysisCommand
{
    private readonly Argument<string> file = new("FILE") { Description = "Questions of four words a line, in sections \": name\" (word2vec's questions-words.txt)." };
    private readonly Option<string?> methods = Setting.Text("--methods", "A,B,...", $"Of {string.Join(", ", Names.Analogies.All)}, or all [3cosadd,3cosmul].");
    private readonly Option<int?> top = Setting.Integer("--top", "K", "The k of the top-k figures [5].", 1, 1_000_000);
    private readonly Option<bool> answers = Setting.Flag("--answers", "Give the answer to every question too.");

    public EvaluateAnalogiesCommand(CommandEnvironment environment)
        : base(environment, "analogies", "Scores a collection of words on a file of analogy questions.", Shared.Rows | Shared.Metric | Shared.Threads | Shared.Plot)
    {
        Arguments.Add(file);
        foreach (Option option in new Option[] { methods, top, answers }) Options.Add(option);
    }

    protected override int Analyze(ParseResult parse)
    {
        string path = parse.GetValue(file)!;
        if (!File.Exists(path)) throw new MistakeException($"There is no file {path}.");
        AnalogyQuestionFile questions = AnalogyQuestionFile.Read(path);
        if (questions.QuestionCount == 0) throw new MistakeException($"{path} has no question; four words a line are needed.");
        var options = new AnalogyEvaluationOptions { Threads = Threads(parse), TopK = parse.GetValue(top) ?? 5, KeepAnswers = parse.GetValue(answers) };
        if (Methods(parse.GetValue(methods)) is { } wanted) options = options with { Methods = wanted };
        using VectorStore store = OpenToRead(parse, ignoreGraphs: true);
        using Snapshot snapshot = CollectionOf(parse, store).TakeSnapshot();
        options = options with { Inner = Inner(parse, store, snapshot) };
        AnalogyEvaluationResult result = snapshot.EvaluateAnalogies(questions, options, Selection(parse), Cancellation);
        return Show(parse, result.With(new("collection", snapshot.Collection), new ResultFact("file", path)), () => Picture(result));
    }

    private static AnalogyMethod[]? Methods(string? text)
    {
        if (text is null) return null;
        if (text == "all") return Enum.GetValues<AnalogyMethod>();
        return [.. Setting.List(text)!.Select(name => Names.Analogies.TryParse(name, out AnalogyMethod method) ? method
            : throw new MistakeException($"--methods {name} is not possible: {string.Join(", ", Names.Analogies.All)} are.")).Distinct()];
    }

    private static HeatMap Picture(AnalogyEvaluationResult result)
    {
        AnalogySectionResult[] sections = [.. result.Sections.Where(section => section.InVocabulary > 0), result.Total];
        return new HeatMap("Share of right answers", [.. sections.Select(section => section.Name)], [.. result.Total.Figures.Select(figures => figures.Method.ShortName())],
            [.. sections.SelectMany(section => section.Figures.Select(figures => figures.Accuracy))])
        {
            Note = $"{result.Total.InVocabulary} questions, {result.RowsSeen} rows, inputs left out; {result.Metric}",
            ValueCaption = "share right",
            Full = 1,
        };
    }
}
