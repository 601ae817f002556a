using System.Security.Cryptography;
using System.Text;

namespace VecStore.Analysis;

/// <summary>
/// Counts of a part of the documents in a file: made by different processes or machines, combined in any order into the counts of all. A file has the rule by which its blocks were made, and a
/// SHA-256 of everything before it.
/// </summary>
/// <param name="Rule">How tokens became blocks; only counts by the same rule combine.</param>
/// <param name="Documents">Documents looked at.</param>
/// <param name="Tokens">Tokens in the blocks.</param>
/// <param name="TokensLeftOut">Tokens behind the last complete block of their document.</param>
/// <param name="Counts">The counts; disposed with this.</param>
public sealed record CooccurrencePartial(string Rule, long Documents, long Tokens, long TokensLeftOut, CooccurrenceCounts Counts) : IDisposable
{
    private const string Mark = "vecstore co-occurrence partial 1";

    /// <summary>Takes in the counts of other documents.</summary>
    /// <exception cref="ArgumentException">They were made by another rule, or for other features.</exception>
    public CooccurrencePartial Combine(CooccurrencePartial other)
    {
        if (other.Rule != Rule) throw new ArgumentException($"these counts are of {Rule}, those of {other.Rule}", nameof(other));
        Counts.Combine(other.Counts);
        return this with { Documents = Documents + other.Documents, Tokens = Tokens + other.Tokens, TokensLeftOut = TokensLeftOut + other.TokensLeftOut };
    }

    /// <summary>Writes a file.</summary>
    public void Write(string path)
    {
        using FileStream file = File.Create(path);
        using SHA256 hash = SHA256.Create();
        using (CryptoStream hashed = new(file, hash, CryptoStreamMode.Write, leaveOpen: true))
        using (BinaryWriter writer = new(new BufferedStream(hashed, 1 << 16)))
        {
            writer.Write(Mark);
            writer.Write(Rule);
            writer.Write(Documents);
            writer.Write(Tokens);
            writer.Write(TokensLeftOut);
            Counts.Write(writer);
        }
        file.Write(hash.Hash!);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is no such file, or damaged.</exception>
    public static CooccurrencePartial Read(string path)
    {
        using FileStream file = File.OpenRead(path);
        CheckHash(file, path);
        file.Position = 0;
        try
        {
            using BinaryReader reader = new(new BufferedStream(file, 1 << 16), Encoding.UTF8, leaveOpen: true);
            return reader.ReadString() == Mark
                ? new(reader.ReadString(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), CooccurrenceCounts.Read(reader))
                : throw new InvalidDataException($"{path} is not a file of co-occurrence counts");
        }
        catch (Exception damage) when (damage is EndOfStreamException or FormatException)
        {
            throw new InvalidDataException($"{path} is not a file of co-occurrence counts", damage);
        }
    }

    /// <summary>Frees the counts.</summary>
    public void Dispose() => Counts.Dispose();

    private static void CheckHash(FileStream file, string path)
    {
        long length = file.Length - SHA256.HashSizeInBytes;
        if (length < 0) throw new InvalidDataException($"{path} is not a file of co-occurrence counts");
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 16];
        for (long done = 0; done < length;)
        {
            int read = file.Read(buffer, 0, (int)Math.Min(buffer.Length, length - done));
            if (read == 0) throw new InvalidDataException($"{path} ends too early");
            hash.AppendData(buffer, 0, read);
            done += read;
        }
        byte[] stored = new byte[SHA256.HashSizeInBytes];
        file.ReadExactly(stored);
        if (!hash.GetHashAndReset().AsSpan().SequenceEqual(stored)) throw new InvalidDataException($"{path} is damaged: its SHA-256 does not fit its content");
    }
}
