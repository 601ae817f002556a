using VecStore.Storage;

namespace VecStore.Testing;

/// <summary>What goes wrong with files on a disk: on the simulated one, or on a real one through <see cref="DiskFiles"/>.</summary>
public static class Damage
{
    /// <summary>Flips one bit; bit 0 is the lowest of the first byte.</summary>
    public static void FlipBit(IStoreFiles files, string path, long bit)
    {
        using IStoreFile file = files.Open(path, FileAccess.ReadWrite);
        Span<byte> one = stackalloc byte[1];
        if (file.Read(bit / 8, one) != 1) throw new ArgumentOutOfRangeException(nameof(bit), bit, "behind the end of the file");
        one[0] ^= (byte)(1 << (int)(bit % 8));
        file.Write(bit / 8, one);
    }

    /// <summary>Makes a block zero.</summary>
    public static void Zero(IStoreFiles files, string path, long offset, int length)
    {
        using IStoreFile file = files.Open(path, FileAccess.ReadWrite);
        file.Write(offset, new byte[(int)Math.Min(length, file.Length - offset)]);
    }

    /// <summary>Cuts the end off.</summary>
    public static void Truncate(IStoreFiles files, string path, long length)
    {
        using IStoreFile file = files.Open(path, FileAccess.ReadWrite);
        file.SetLength(length);
    }

    /// <summary>Copies a block to another place, as a misdirected write does.</summary>
    public static void CopyBlock(IStoreFiles files, string path, long from, long to, int length)
    {
        using IStoreFile file = files.Open(path, FileAccess.ReadWrite);
        byte[] block = new byte[length];
        int read = file.Read(from, block);
        file.Write(to, block.AsSpan(0, (int)Math.Min(read, file.Length - to)));
    }
}
