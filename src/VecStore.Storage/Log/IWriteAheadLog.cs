namespace VecStore.Storage;

/// <summary>What a commit waits for.</summary>
public enum LogDurability
{
    /// <summary>The commit returns when its records are flushed to the disk: they survive the death of the process and a loss of power.</summary>
    Full,

    /// <summary>The commit returns when its records are with the operating system: they survive the death of the process, not a loss of power.</summary>
    Os,
}

/// <summary>Receives the records of a log, one by one, in the order in which they were appended. The bytes are valid during the call only.</summary>
public delegate void RecordReader(long sequence, ReadOnlySpan<byte> record);

/// <summary>
/// A log of records numbered 1, 2, 3, ... Each record is replayed whole or not at all, and in order. Safe from several threads.
/// After a failed write or flush the log is stopped: every later call throws, since what the disk then holds is known only after it is opened again.
/// </summary>
public interface IWriteAheadLog : IDisposable
{
    /// <summary>The number of the last record appended (or found when the log was opened); 0 when there never was one.</summary>
    long LastSequence { get; }

    /// <summary>Every record up to this number is committed, at the log's level of durability.</summary>
    long CommittedSequence { get; }

    /// <summary>Bytes that the files of the log take.</summary>
    long Length { get; }

    /// <summary>Adds a record and returns its number. It may be lost, whole, until a <see cref="Commit"/> that began later has returned.</summary>
    long Append(ReadOnlySpan<byte> record);

    /// <summary>Returns when every record appended before the call is as durable as the log promises. Threads that commit together share a flush.</summary>
    void Commit();

    /// <summary>As <see cref="Commit"/>, but always to the disk, also for <see cref="LogDurability.Os"/>.</summary>
    void Flush();

    /// <summary>
    /// Forgets the records up to this number and gives their space back, file by file; the whole log, when there are no later ones. Call it when
    /// what they say is durable elsewhere, and open the log with a checkpoint not below it from then on.
    /// </summary>
    void TruncateThrough(long sequence);
}
