using System.CommandLine;
using System.Diagnostics;
using VecStore.Cli.Terminals;

namespace VecStore.Cli.Commands;

/// <summary>Reads every byte of a store and says what is damaged.</summary>
internal sealed class VerifyCommand : StoreCommand
{
    private readonly Argument<string?> store = new("STORE") { Description = "The store's folder.", Arity = ArgumentArity.ZeroOrOne };

    public VerifyCommand(CommandEnvironment environment)
        : base(environment, "verify", "Reads every byte of a store and checks it; each damage is a line, and the exit code 1.")
    {
        Arguments.Add(store);
    }

    protected override int Run(ParseResult parse)
    {
        string path = StorePath(parse, store);
        long started = Stopwatch.GetTimestamp();
        VerifyReport report = Check(path);
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (Json(parse)) JsonOutput.Write(Terminal, new Result(path, report.IsClean, report.Files, report.Bytes, report.Rows, seconds, report.Damages));
        else Show(path, report, seconds);
        return report.IsClean ? ExitCode.Success : ExitCode.Failure;
    }

    // A store too damaged to be opened is a store whose damage was found.
    private VerifyReport Check(string path)
    {
        try
        {
            using VectorStore opened = VectorStore.Open(path, new StoreOptions { ReadOnly = true });
            foreach (UnfinishedLoad load in opened.UnfinishedLoads())
                Say($"note: {Display.Bytes(load.Bytes)} are staged by an import into {load.Collection} that runs or was stopped, and are checked when it goes on: {load.Source}");
            return ProgressDisplay.Run(Terminal, progress => opened.Verify(new FileProgress(progress), Cancellation));
        }
        catch (StoreCorruptException damage)
        {
            return Damaged(path, damage);
        }
    }

    // Opening stopped at the first damage, perhaps of a graph: without the graphs more can be checked.
    private VerifyReport Damaged(string path, StoreCorruptException first)
    {
        var damage = new Damage(first.File, first.Message);
        try
        {
            using VectorStore opened = VectorStore.Open(path, new StoreOptions { ReadOnly = true, IgnoreGraphs = true });
            VerifyReport rest = opened.Verify(cancellation: Cancellation);
            return rest with { Damages = [damage, .. rest.Damages] };
        }
        catch (StoreCorruptException)
        {
            return new VerifyReport(0, 0, 0, [damage]);
        }
    }

    private void Show(string path, VerifyReport report, double seconds)
    {
        string read = $"{Display.Count(report.Files, "file")}, {Display.Bytes(report.Bytes)}, {Display.Count(report.Rows, "row")} read in {Display.Duration(TimeSpan.FromSeconds(seconds))}";
        if (report.IsClean)
        {
            Terminal.Out.WriteLine($"{Display.Clean(path)} is sound: {read}.");
            return;
        }

        foreach (Damage damage in report.Damages) Terminal.Out.WriteLine(Display.Clean(damage.Message.ReplaceLineEndings(" ")));
        Terminal.Out.WriteLine($"{Display.Clean(path)} is damaged: {Display.Count(report.Damages.Count, "damage")}; {read}.");
    }

    private sealed class FileProgress(ProgressDisplay display) : IProgress<VerifyProgress>
    {
        public void Report(VerifyProgress value) => display.Report("verify", value.Done, "files", value.Total == 0 ? 1 : (double)value.Done / value.Total);
    }

    private sealed record Result(string Store, bool Sound, int Files, long Bytes, long Rows, double Seconds, IReadOnlyList<Damage> Damages);
}
