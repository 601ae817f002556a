using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace VecStore.Storage.Tests;

public class LogKillTests(ITestOutputHelper output)
{
    private const string ChildVariable = "VECSTORE_LOG_CHILD";

    [Fact]
    public void Every_record_that_a_killed_process_acknowledged_is_replayed()
    {
        using TestFolder folder = new();
        int seed = Environment.TickCount;
        Random random = new(seed);
        long acknowledged = 0;
        for (int round = 0; round < 12; round++)
        {
            ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardOutput = true };
            if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet") start.ArgumentList.Add(typeof(LogKillTests).Assembly.Location);
            start.Environment[ChildVariable] = folder.Path("log");
            using Process child = Process.Start(start)!;
            string? line = child.StandardOutput.ReadLine();
            Assert.NotNull(line); // the first number: from here on it is killed at any moment
            using Timer killer = new(_ => child.Kill(), null, random.Next(120), Timeout.Infinite);
            for (; line is not null; line = child.StandardOutput.ReadLine())
            {
                if (long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out long sequence)) acknowledged = sequence;
            }
            child.WaitForExit();

            long last = FasterWriteAheadLog.Replay(new DiskFiles(), folder.Path("log"), 0, 0, (sequence, record) =>
                Assert.True(record.SequenceEqual(LogRecords.Record(sequence, (int)(sequence * 31 % 5000))), $"seed {seed}, round {round}, record {sequence}"));
            Assert.True(last >= acknowledged, $"seed {seed}, round {round}: {last} of {acknowledged} acknowledged");
        }
        Assert.True(acknowledged > 12);
        output.WriteLine($"{acknowledged} records through 12 kills");
    }

    /// <summary>The child: this very program, started with the variable set. Appends for ever and tells each acknowledged number.</summary>
#pragma warning disable CA2255 // a module initializer, because the test runner owns Main
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void RunAsChild()
    {
        if (Environment.GetEnvironmentVariable(ChildVariable) is not { } folder) return;
        using FasterWriteAheadLog log = FasterWriteAheadLog.Open(new DiskFiles(), folder, LogDurability.Full, 0, 0, static (_, _) => { }, LogRecords.Small);
        while (true)
        {
            long next = log.LastSequence + 1;
            log.Append(LogRecords.Record(next, (int)(next * 31 % 5000)));
            if (next % 3 != 0) continue; // some are never committed
            log.Commit();
            Console.Out.WriteLine(next.ToString(CultureInfo.InvariantCulture));
        }
    }
}
