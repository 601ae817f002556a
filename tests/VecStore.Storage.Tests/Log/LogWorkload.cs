using VecStore.Testing;

namespace VecStore.Storage.Tests;

/// <summary>
/// A seeded script of appends, commits, checkpoints, closings and kills on a simulated disk, which remembers what was acknowledged at which call. Then
/// every image of that disk can be asked whether it holds what it must and nothing that never was.
/// </summary>
internal sealed class LogWorkload
{
    private readonly LogDurability _durability;
    private readonly Random _random;
    private readonly Dictionary<long, List<byte[]>> _written = [];
    private readonly Dictionary<long, byte[]> _acknowledged = [];
    private readonly List<(int Calls, long Through)> _acknowledgements = [(0, 0)];
    private readonly List<(int Calls, long Checkpoint)> _checkpoints = [(0, 0)];
    private readonly Dictionary<long, byte[]> _current = [];
    private FasterWriteAheadLog _log;
    private int _appends;

    public LogWorkload(FaultFiles files, LogDurability durability, int seed, int steps)
    {
        Files = files;
        _durability = durability;
        _random = new Random(seed);
        _log = Open();
        for (int step = 0; step < steps; step++) Step();
        _log.Dispose();
    }

    public FaultFiles Files { get; }

    public long Checkpoint => _checkpoints[^1].Checkpoint;

    public long Acknowledged => _acknowledgements[^1].Through;

    /// <summary>Opens the image and holds it against what is known at that call; then the log must take and keep another record.</summary>
    public void Check(FaultFiles image, int calls, string what, bool losesUnflushed, bool truncates = true)
    {
        long checkpoint = _checkpoints.Last(entry => entry.Calls <= calls).Checkpoint;
        long acknowledged = losesUnflushed && _durability == LogDurability.Os ? checkpoint : _acknowledgements.Last(entry => entry.Calls <= calls).Through;
        try
        {
            List<byte[]> found;
            using (FasterWriteAheadLog log = LogRecords.Open(image, out found, _durability, checkpoint))
            {
                Assert.True(log.LastSequence >= acknowledged, $"{log.LastSequence} of {acknowledged} acknowledged records");
                for (int i = 0; i < found.Count; i++)
                {
                    long sequence = checkpoint + 1 + i;
                    if (sequence <= acknowledged) Assert.Equal(_acknowledged[sequence], found[i]);
                    else Assert.Contains(_written[sequence], record => record.AsSpan().SequenceEqual(found[i]));
                }
                found.Add([.. "one more"u8]);
                log.Append(found[^1]);
                log.Commit();
            }
            long last = checkpoint + found.Count;
            using (FasterWriteAheadLog again = LogRecords.Open(image, out List<byte[]> then, _durability, checkpoint, atLeast: last))
            {
                Assert.Equal(found, then);
                if (!truncates) return;
                again.TruncateThrough(last);
            }
            // What was dropped must not come back when the runs behind it are gone.
            using FasterWriteAheadLog empty = LogRecords.Open(image, out List<byte[]> none, _durability, last, atLeast: last);
            Assert.Empty(none);
            Assert.Equal(last, empty.LastSequence);
        }
        catch (Exception error)
        {
            Assert.Fail($"{what}, call {calls} ({Files.Describe(calls)}): {error}");
        }
    }

    private void Step()
    {
        switch (_random.Next(20))
        {
            case < 11:
                int length = _random.Next(5) == 0 ? _random.Next(20_000) : _random.Next(700);
                byte[] record = LogRecords.Record(1_000_000 + _appends++, length);
                long sequence = _log.Append(record);
                _current[sequence] = record;
                if (!_written.TryGetValue(sequence, out List<byte[]>? contents)) _written.Add(sequence, contents = []);
                contents.Add(record);
                break;
            case < 16:
                _log.Commit();
                Acknowledge(_log.LastSequence);
                break;
            case 16:
                long checkpoint = _random.Next(2) == 0 ? Acknowledged : Checkpoint + ((Acknowledged - Checkpoint) / 2);
                _checkpoints.Add((Files.Calls, checkpoint));
                _log.TruncateThrough(checkpoint);
                break;
            case 17:
                _log.Dispose();
                _log = Open();
                break;
            case 18:
                Files.Kill();
                _log = Open();
                break;
            default:
                _log.Flush();
                Acknowledge(_log.LastSequence);
                break;
        }
    }

    private void Acknowledge(long through)
    {
        for (long sequence = Acknowledged + 1; sequence <= through; sequence++) _acknowledged[sequence] = _current[sequence];
        if (through > Acknowledged) _acknowledgements.Add((Files.Calls, through));
    }

    private FasterWriteAheadLog Open()
    {
        FasterWriteAheadLog log = LogRecords.Open(Files, out List<byte[]> found, _durability, Checkpoint);
        Assert.True(log.LastSequence >= Acknowledged);
        for (int i = 0; i < found.Count; i++) Assert.Contains(_written[Checkpoint + 1 + i], record => record.AsSpan().SequenceEqual(found[i]));
        for (int i = 0; i < found.Count; i++) _current[Checkpoint + 1 + i] = found[i];
        return log;
    }
}
