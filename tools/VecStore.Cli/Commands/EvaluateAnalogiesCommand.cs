using System.CommandLine;
using VecStore.Analysis;

namespace VecStore.Cli.Commands;

/// <summary>Asks every question of a file of analogies and counts the right answers, section by section.</summary>
internal sealed class EvaluateAnalogiesCommand : AnalysisCommand
{
    private readonly Argument<string> file = new("FILE") { Description = "Questions of four words a line, in sections \": name\" (word2vec's questions-words.txt)." };

    public EvaluateAnalogiesCommand(CommandEnvironment environment)
        : base(environment, "analogies", "Scores a collection of words on a file of analogy questions, by 3CosAdd and 3CosMul.", Shared.Rows | Shared.Metric | Shared.Threads)
    {
        Arguments.Add(file);
    }

    protected override int Analyze(ParseResult parse)
    {
        string path = parse.GetValue(file)!;
        if (!File.Exists(path)) throw new MistakeException($"There is no file {path}.");
        AnalogyQuestionFile questions = AnalogyQuestionFile.Read(path);
        using VectorStore store = OpenToRead(parse, ignoreGraphs: true);
        using Snapshot snapshot = CollectionOf(parse, store).TakeSnapshot();
        var options = new AnalogyEvaluationOptions { Threads = Threads(parse), Inner = Inner(parse, store, snapshot) };
        AnalogyEvaluationResult result = snapshot.EvaluateAnalogies(questions, options, Selection(parse), Cancellation);
        return Show(parse, result.With(new("collection", snapshot.Collection), new ResultFact("file", path)));
    }
}
