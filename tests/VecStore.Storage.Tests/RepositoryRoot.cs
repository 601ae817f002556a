namespace VecStore.Storage.Tests;

/// <summary>The root of the repository: the folder above the tests that holds VecStore.sln.</summary>
internal static class RepositoryRoot
{
    public static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "VecStore.sln"))) return folder.FullName;
        }
        throw new DirectoryNotFoundException($"no VecStore.sln above {AppContext.BaseDirectory}");
    }
}
