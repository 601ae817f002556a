using System.CommandLine;
using System.Text.Json.Serialization;
using VecStore.Analysis;
using VecStore.Cli.Terminals;

namespace VecStore.Cli.Commands;

/// <summary>Asks every question of a file of analogies and counts the right answers, section by section.</summary>
internal sealed class EvaluateAnalogiesCommand : StoreCommand
{
    private readonly Argument<string> file = new("FILE") { Description = "Questions of four words a line, in sections \": name\" (word2vec's questions-words.txt)." };
    private readonly Option<int?> restrict = Setting.Integer("--restrict", "N", "Only the first N rows are vocabulary and candidates.", 1);
    private readonly Option<int?> threads = Setting.Integer("--threads", "N", "Threads [one for each processor]; the answer is the same for any number.", 1, 1024);

    public EvaluateAnalogiesCommand(CommandEnvironment environment)
        : base(environment, "analogies", "Scores a collection of words on a file of analogy questions, by 3CosAdd and 3CosMul.")
    {
        Arguments.Add(file);
        Options.Add(restrict);
        Options.Add(threads);
    }

    protected override int Run(ParseResult parse)
    {
        string path = parse.GetValue(file)!;
        if (!File.Exists(path)) throw new MistakeException($"There is no file {path}.");
        AnalogyQuestionFile questions = AnalogyQuestionFile.Read(path);
        using VectorStore store = OpenToRead(parse, ignoreGraphs: true);
        using Snapshot snapshot = CollectionOf(parse, store).TakeSnapshot();
        var options = new AnalogyEvaluationOptions { Restrict = parse.GetValue(restrict), Threads = parse.GetValue(threads) ?? 0 };
        AnalogyEvaluationResult result = snapshot.EvaluateAnalogies(questions, options, Cancellation);
        if (Json(parse))
        {
            JsonOutput.Write(Terminal, new Result(snapshot.Collection, path, result.RowsSeen, result.Dimension, result.Elapsed.TotalSeconds,
                [.. result.Sections.Select(Describe)], Describe(result.Total), Describe(result.Semantic), Describe(result.Syntactic)));
        }
        else
        {
            Show(result);
        }

        return ExitCode.Success;
    }

    private static Section Describe(AnalogySectionResult section)
    {
        AnalogyFigures add = section[AnalogyMethod.ThreeCosAdd];
        AnalogyFigures mul = section[AnalogyMethod.ThreeCosMul];
        return new Section(section.Name, section.Questions, section.InVocabulary, add.Correct, add.Accuracy, add.CorrectInTopK, add.AccuracyInTopK,
            add.CorrectInputsAllowed, add.AccuracyInputsAllowed, mul.Correct, mul.Accuracy);
    }

    private void Show(AnalogyEvaluationResult result)
    {
        TextTable table = new TextTable().Column("section").Column("questions", right: true).Column("asked", right: true)
            .Column("right", right: true).Column("3CosAdd", right: true).Column("3CosMul", right: true);
        foreach (AnalogySectionResult section in result.Sections.Append(result.Semantic).Append(result.Syntactic).Append(result.Total))
        {
            AnalogyFigures add = section[AnalogyMethod.ThreeCosAdd];
            table.Row(section.Name, Display.Count(section.Questions), Display.Count(section.InVocabulary), Display.Count(add.Correct),
                Share(section, add), Share(section, section[AnalogyMethod.ThreeCosMul]));
        }

        table.Write(Terminal);
        Terminal.Out.WriteLine($"asked: all four words are in the vocabulary of {Display.Count(result.RowsSeen)} rows; right: best answer of 3CosAdd, the inputs left out");
        Terminal.Out.WriteLine($"{Display.Duration(result.Elapsed)} for both methods");
    }

    private static string Share(AnalogySectionResult section, AnalogyFigures figures) => section.InVocabulary == 0 ? "-" : Display.Percent(figures.Accuracy);

    private sealed record Result(string Collection, string File, int RowsSeen, int Dimension, double Seconds, IReadOnlyList<Section> Sections,
        Section Overall, Section Semantic, Section Syntactic);

    // The names of the reference figures that gensim's users know.
    private sealed record Section(
        [property: JsonPropertyName("section")] string Name,
        int Total,
        int InVocab,
        [property: JsonPropertyName("correct_3cosadd")] int CorrectAdd,
        [property: JsonPropertyName("acc_3cosadd")] double AccuracyAdd,
        [property: JsonPropertyName("top5_3cosadd")] int TopAdd,
        [property: JsonPropertyName("acc_top5_3cosadd")] double AccuracyTopAdd,
        [property: JsonPropertyName("correct_3cosadd_inputs_allowed")] int CorrectInputsAllowed,
        [property: JsonPropertyName("acc_3cosadd_inputs_allowed")] double AccuracyInputsAllowed,
        [property: JsonPropertyName("correct_3cosmul")] int CorrectMul,
        [property: JsonPropertyName("acc_3cosmul")] double AccuracyMul);
}
