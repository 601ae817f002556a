using VecStore.Testing;

namespace VecStore.Storage.Tests;

public class LogFaultTests
{
    [Theory]
    [InlineData(Fault.IoError, false)]
    [InlineData(Fault.IoError, true)]
    [InlineData(Fault.DiskFull, false)]
    [InlineData(Fault.DiskFull, true)]
    public void After_a_failed_call_the_log_is_stopped_and_keeps_what_was_acknowledged(Fault fault, bool forEver)
    {
        int failures = 0;
        for (int call = 2; ; call++)
        {
            FaultFiles files = LogRecords.NewDisk(trace: false);
            files.FailAt(call, fault, forEver);
            long acknowledged = 0, checkpoint = 0;
            using FasterWriteAheadLog log = LogRecords.Open(files, out _);
            bool failed = false;
            try
            {
                for (int i = 0; i < 20; i++)
                {
                    log.Append(LogRecords.Record(i, i * 200));
                    log.Commit();
                    acknowledged = log.LastSequence;
                    if (i % 7 == 6) log.TruncateThrough(checkpoint = acknowledged - (i % 2));
                }
            }
            catch (VecStoreException error)
            {
                failed = true;
                Assert.IsType<InjectedFaultException>(error.InnerException);
                Assert.Throws<VecStoreException>(() => log.Append([1]));
                Assert.Throws<VecStoreException>(log.Commit);
                Assert.Throws<VecStoreException>(log.Flush);
                Assert.Throws<VecStoreException>(() => log.TruncateThrough(acknowledged));
            }
            if (!failed)
            {
                Assert.Equal(20, acknowledged);
                break;
            }
            failures++;
            files.Heal();
            foreach (PowerLoss loss in Enum.GetValues<PowerLoss>())
            {
                using FasterWriteAheadLog again = LogRecords.Open(files.DiskImage(loss, call), out List<byte[]> found, checkpoint: checkpoint);
                Assert.True(again.LastSequence >= acknowledged, $"call {call}, {loss}: {again.LastSequence} of {acknowledged}");
                Assert.All(found, (record, i) => Assert.Equal(LogRecords.Record(checkpoint + i, (int)(checkpoint + i) * 200), record));
            }
        }
        Assert.True(failures > 60, $"only {failures} calls");
    }

    [Theory]
    [InlineData(Fault.IoError)]
    [InlineData(Fault.ShortRead)]
    public void A_failed_or_short_read_is_an_error_and_never_a_shorter_log(Fault fault)
    {
        FaultFiles files = LogRecords.NewDisk(trace: false);
        using (FasterWriteAheadLog log = LogRecords.Open(files, out _))
        {
            for (int i = 0; i < 30; i++)
            {
                log.Append(LogRecords.Record(i, 1000));
                log.Commit();
            }
        }
        int errors = 0;
        int before = files.Reads;
        Assert.Equal(30, Replayed(files));
        int reads = files.Reads - before;
        for (int read = 0; read < reads; read++)
        {
            files.FailReadAt(files.Reads + read, fault);
            try
            {
                Assert.Equal(30, Replayed(files));
            }
            catch (Exception error) when (error is IOException or StoreCorruptException)
            {
                errors++;
            }
            files.Heal();
        }
        Assert.True(errors >= reads / 2, $"{errors} errors at {reads} reads");
    }

    private static long Replayed(FaultFiles files) => LogReplay.Run(files, LogRecords.Folder, 0, 0, static (_, _) => { }).LastSequence;
}
