namespace VecStore.Cli;

/// <summary>What a store takes on the disk.</summary>
internal static class StoreFiles
{
    public static long Bytes(string folder) => new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(Length);

    // A writer may remove the file between our listing and our looking.
    private static long Length(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }
}
