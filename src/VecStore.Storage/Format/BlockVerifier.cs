using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace VecStore.Storage;

/// <summary>
/// The blocks of one mapped file and which of them were verified. Two levels: the checksum of a block lies in a page of the checksum
/// table, the checksum of a page in the root, the root's in the header; so opening a file verifies the header and the root only.
/// </summary>
internal sealed unsafe class BlockVerifier : IDisposable
{
    private readonly IMappedFile _map;
    private readonly string _path;
    private readonly FileKind _kind;
    private readonly FileHeader _header;
    private byte* _states; // one byte per block, then one per page: not 0 when verified

    public BlockVerifier(IMappedFile map, string path, FileKind kind, in FileHeader header)
    {
        _map = map;
        _path = path;
        _kind = kind;
        _header = header;
        _states = (byte*)NativeMemory.AllocZeroed((nuint)header.BlockCount + header.RootCount + 1);
    }

    public byte* States => _states;

    private byte* Data => _map.Base + FileHeader.BlockBytes;

    private uint* Table => (uint*)(Data + _header.DataLength);

    private uint* Root => Table + _header.BlockCount;

    /// <summary>Verifies the root against the header; its size is one byte for each four million of the file.</summary>
    public void VerifyRoot()
    {
        uint found = Checksums.OfRoot(_header.Identity, new ReadOnlySpan<byte>(Root, checked((int)_header.RootCount * sizeof(uint))));
        if (found != _header.RootChecksum) throw CorruptChecksum((byte*)Root - _map.Base, _header.RootChecksum, found);
    }

    /// <summary>SHA-256 over the checksums of all blocks: files of the same content and number have the same. Reads a thousandth of the file.</summary>
    public byte[] ContentHash()
    {
        for (long page = 0; page < _header.RootCount; page++) VerifyPage(page);
        return SHA256.HashData(new ReadOnlySpan<byte>(Table, checked((int)(_header.BlockCount * sizeof(uint)))));
    }

    /// <summary>Verifies the blocks of a range that were not verified yet.</summary>
    public void Verify(long first, long last)
    {
        ObjectDisposedException.ThrowIf(_states == null, this);
        for (long block = first; block <= last; block++)
        {
            if (_states[block] != 0) continue;
            VerifyPage(block >> Checksums.PageShift);
            long offset = block << Checksums.BlockShift;
            int length = (int)Math.Min(Checksums.BlockBytes, _header.DataLength - offset);
            uint found = Checksums.OfBlock(_header.Identity, block, new ReadOnlySpan<byte>(Data + offset, length));
            if (found != Table[block]) throw CorruptChecksum(FileHeader.BlockBytes + offset, Table[block], found);
            _states[block] = 1;
        }
    }

    /// <summary>Verifies every page and every block, whether it was verified before or not.</summary>
    public void VerifyAgain(CancellationToken cancel)
    {
        VerifyRoot();
        NativeMemory.Clear(_states, (nuint)_header.BlockCount + _header.RootCount);
        for (long page = 0; page < _header.RootCount; page++)
        {
            cancel.ThrowIfCancellationRequested();
            VerifyPage(page);
            Verify(page << Checksums.PageShift, Math.Min(_header.BlockCount, (page + 1) << Checksums.PageShift) - 1);
        }
    }

    public void Advise(long offsetInData, long length, ReadPattern pattern) => _map.Advise(FileHeader.BlockBytes + offsetInData, length, pattern);

    public StoreCorruptException Corrupt(long offset, string expected, string found) => new(_path, offset, expected, found, Cure(_kind));

    public static string Cure(FileKind kind) => kind switch
    {
        FileKind.Graph => "The graph is derived data: open the store without graphs (IgnoreGraphs) and rebuild the index.",
        FileKind.Firings => "Restore the file from a backup, or drop the attachment and import or encode the firings again.",
        FileKind.Weights => "Restore the file from a backup, or drop the attachment and import the weights again.",
        FileKind.Statistics => "It is derived data: drop the attachment and compute it again.",
        _ => "Restore the file from a backup, or import the collection again.",
    };

    public void Dispose()
    {
        NativeMemory.Free(_states);
        _states = null;
    }

    private void VerifyPage(long page)
    {
        byte* state = _states + _header.BlockCount + page;
        if (*state != 0) return;
        long first = page << Checksums.PageShift;
        int entries = (int)Math.Min(Checksums.PageEntries, _header.BlockCount - first);
        uint found = Checksums.OfPage(_header.Identity, page, new ReadOnlySpan<byte>(Table + first, entries * sizeof(uint)));
        if (found != Root[page]) throw CorruptChecksum((byte*)(Table + first) - _map.Base, Root[page], found);
        *state = 1;
    }

    private StoreCorruptException CorruptChecksum(long offset, uint expected, uint found) =>
        Corrupt(offset, $"CRC-32C 0x{expected:X8}", $"0x{found:X8}");
}
