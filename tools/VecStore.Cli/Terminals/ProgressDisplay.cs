using System.Diagnostics;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace VecStore.Cli.Terminals;

/// <summary>
/// Shows how a long operation comes on, stage by stage, with rate and time left: a bar at a terminal, a line every few seconds when piped. Stages that
/// took a moment leave one line with their rate.
/// </summary>
internal sealed class ProgressDisplay : IProgress<BuildProgress>
{
    private static readonly TimeSpan LineEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WorthALine = TimeSpan.FromMilliseconds(100);
    private readonly Terminal terminal;
    private readonly ProgressContext? bars;
    private ProgressTask? bar;
    private string stage = "";
    private string unit = "";
    private long started;
    private long lastLine;
    private long lastDone;
    private long? total;

    private ProgressDisplay(Terminal terminal, ProgressContext? bars)
    {
        this.terminal = terminal;
        this.bars = bars;
    }

    /// <summary>Does work that reports.</summary>
    public static T Run<T>(Terminal terminal, Func<ProgressDisplay, T> work)
    {
        if (!terminal.ErrorIsRich)
        {
            var plain = new ProgressDisplay(terminal, null);
            T done = work(plain);
            plain.EndStage();
            return done;
        }

        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(terminal.Error), Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.Yes });
        console.Profile.Width = terminal.Width;
        return console.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = 24 }, new PercentageColumn(), new DetailColumn())
            .Start(context =>
            {
                var display = new ProgressDisplay(terminal, context);
                T done = work(display);
                display.EndStage();
                return done;
            });
    }

    /// <summary>How far a stage has come of which only the share is known.</summary>
    public void Report(string name, double fraction) => Report(name, 0, "", fraction);

    /// <summary>How far a stage has come.</summary>
    /// <param name="name">The stage: "read", "copy", "graph"; a new name begins a new stage.</param>
    /// <param name="done">What was done since the stage began.</param>
    /// <param name="unit">What is counted: "rows", "files".</param>
    /// <param name="fraction">Of the whole stage; null if nobody knows.</param>
    public void Report(string name, long done, string unit, double? fraction)
    {
        if (name != stage) BeginStage(name, unit);
        lastDone = done;
        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        string detail = Detail(elapsed, fraction);
        if (bar is not null)
        {
            bar.IsIndeterminate = fraction is null;
            if (fraction is { } part) bar.Value = 100 * part;
            bar.State.Update<BarDetail>(DetailColumn.Key, _ => new BarDetail(detail));
        }
        else if (Stopwatch.GetElapsedTime(lastLine) >= LineEvery)
        {
            lastLine = Stopwatch.GetTimestamp();
            string?[] parts = [fraction is { } part ? Display.Percent(part) : null, detail];
            terminal.Error.WriteLine($"{name}: {string.Join(", ", parts.Where(text => !string.IsNullOrEmpty(text)))}");
        }
    }

    /// <inheritdoc/>
    public void Report(BuildProgress value)
    {
        Report(value.Stage, value.Done, "rows", value.Total == 0 ? 1 : (double)value.Done / value.Total);
        total = value.Total;
    }

    private string Detail(TimeSpan elapsed, double? fraction)
    {
        string text = unit.Length == 0 ? "" : $"{Display.Count(lastDone)} {unit}{Rate(elapsed)}";
        if (fraction is not (> 0.001 and < 1) || elapsed < TimeSpan.FromSeconds(1)) return text;
        return $"{text}{(unit.Length == 0 ? "" : ", ")}{Display.Duration(elapsed * ((1 - fraction.Value) / fraction.Value))} left";
    }

    // A rate below 1 says nothing that the time left does not.
    private string Rate(TimeSpan elapsed) => lastDone < elapsed.TotalSeconds ? "" : $", {Display.Rate(lastDone, elapsed.TotalSeconds)} {unit}/s";

    private void BeginStage(string name, string counted)
    {
        EndStage();
        stage = name;
        unit = counted;
        started = lastLine = Stopwatch.GetTimestamp();
        lastDone = 0;
        total = null;
        bar = bars?.AddTask(Markup.Escape(name));
    }

    private void EndStage()
    {
        if (stage.Length == 0) return;
        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        lastDone = total ?? lastDone; // a stage need not report its last row
        if (bar is not null)
        {
            bar.IsIndeterminate = false;
            bar.Value = bar.MaxValue;
            string detail = unit.Length == 0 ? Display.Duration(elapsed) : $"{Display.Count(lastDone)} {unit} in {Display.Duration(elapsed)}";
            bar.State.Update<BarDetail>(DetailColumn.Key, _ => new BarDetail(detail));
            bar.StopTask();
        }
        else if (elapsed >= WorthALine)
        {
            terminal.Error.WriteLine(unit.Length == 0 ? $"{stage}: {Display.Duration(elapsed)}" : $"{stage}: {Display.Count(lastDone)} {unit} in {Display.Duration(elapsed)}{Rate(elapsed)}");
        }

        stage = "";
    }

    private readonly record struct BarDetail(string? Text);

    private sealed class DetailColumn : ProgressColumn
    {
        public const string Key = "detail";

        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Text(task.State.Get<BarDetail>(Key).Text ?? "");
    }
}
