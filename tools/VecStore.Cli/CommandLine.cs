using System.CommandLine;
using VecStore.Cli.Commands;
using VecStore.Cli.Terminals;
using VecStore.Formats;

namespace VecStore.Cli;

/// <summary>The command line as a whole: the tree of commands, and what becomes of every kind of failure.</summary>
internal static class CommandLine
{
    public static int Run(string[] arguments, Terminal terminal, CancellationToken cancellation)
    {
        try
        {
            if (arguments is ["help", .. string[] asked]) arguments = [.. asked, "--help"];
            RootCommand root = Root(terminal, cancellation);

            // A key may begin with @: nothing is read from files behind the user's back.
            ParseResult parse = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null, EnablePosixBundling = false });
            if (ParseMistake.Of(parse) is { } mistake) return Say(terminal, mistake, ExitCode.Mistake);
            return parse.Invoke(new InvocationConfiguration { Output = terminal.Out, Error = terminal.Error, EnableDefaultExceptionHandler = false });
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return Say(terminal, "stopped.", ExitCode.Interrupted);
        }
        catch (Exception failure) when (CodeOf(failure) is { } code)
        {
            return Say(terminal, MessageOf(failure), code);
        }
    }

    private static RootCommand Root(Terminal terminal, CancellationToken cancellation)
    {
        var environment = new CommandEnvironment(terminal, cancellation);
        var root = new RootCommand("vecstore: vectors in a folder, searched and studied in the process.")
        {
            new DemoCommand(environment),
            new ImportCommand(environment),
            new InfoCommand(environment),
            new SearchCommand(environment),
            new AnalogyCommand(environment),
            new OddOneOutCommand(environment),
            new SimilarityCommand(environment),
            new PathCommand(environment),
            new Command("direction", "Concept directions: learned, kept in the store, compared and combined.")
            {
                new DirectionLearnCommand(environment), new DirectionListCommand(environment), new DirectionShowCommand(environment), new DirectionCompareCommand(environment),
                new DirectionCombineCommand(environment), new DirectionOrthogonalizeCommand(environment),
            },
            new ProjectCommand(environment),
            new SteerCommand(environment),
            new Command("evaluate", "Scores a collection on a set of questions.") { new EvaluateAnalogiesCommand(environment) },
            new PcaCommand(environment),
            new SpectrumCommand(environment),
            new EntropyCommand(environment),
            new SubspaceCommand(environment),
            new CompareSpacesCommand(environment),
            new LobesCommand(environment),
            new Command("compare", "Compares labels with the geometry of rows.") { new CompareLobesCommand(environment) },
            new LinearTestCommand(environment),
            new RelationsCommand(environment),
            new Command("study", "Experiments that make their own data.") { new LinearOriginsCommand(environment) },
            new Command("firings", "Sparse activations of features on tokens: import, and questions about them.")
            {
                new FiringsImportCommand(environment), new FiringsInfoCommand(environment), new FiringsTopCommand(environment), new FiringsFeaturesCommand(environment),
            },
            new CooccurCommand(environment),
            new Command("sae", "Sparse autoencoders and transcoders.") { new SaeImportCommand(environment), new SaeInfoCommand(environment) },
            new EncodeCommand(environment),
            new ExportCommand(environment),
            new DeleteCommand(environment),
            new DropCommand(environment),
            new CompactCommand(environment),
            new CrystalsCommand(environment),
            new MatchCommand(environment),
            new ReportCommand(environment),
            new VerifyCommand(environment),
            new ExploreCommand(environment),
        };
        root.SetAction(parse => root.Parse(["--help"]).Invoke(parse.InvocationConfiguration));
        return root;
    }

    private static int? CodeOf(Exception failure) => failure switch
    {
        MistakeException => ExitCode.Mistake,
        VectorFileException => ExitCode.Mistake,
        VecStoreException => ExitCode.Failure,
        FileNotFoundException or DirectoryNotFoundException => ExitCode.Mistake,
        KeyNotFoundException or ArgumentException or FormatException or InvalidDataException => ExitCode.Mistake,
        IOException or UnauthorizedAccessException or InvalidOperationException => ExitCode.Failure,
        _ => null, // a mistake of ours: the stack trace is wanted
    };

    /// <summary>One line, without the parameter names that ArgumentException adds.</summary>
    public static string MessageOf(Exception failure)
    {
        string message = failure.Message;
        if (failure is ArgumentException { ParamName: { } name }) message = message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal);
        if (failure is ArgumentOutOfRangeException { ActualValue: { } value } && message.IndexOf("\nActual value was", StringComparison.Ordinal) is > 0 and var end)
            message = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{message[..end].TrimEnd()}: {value} is not possible");
        return message.ReplaceLineEndings(" ");
    }

    private static int Say(Terminal terminal, string message, int code)
    {
        terminal.Error.WriteLine($"vecstore: {Display.Clean(message)}");
        return code;
    }
}
