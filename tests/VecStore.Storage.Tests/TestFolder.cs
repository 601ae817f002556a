namespace VecStore.Storage.Tests;

/// <summary>A folder of its own for a test, deleted after it.</summary>
internal sealed class TestFolder : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("vecstore-storage-").FullName;

    public IStoreFiles Files { get; } = new DiskFiles();

    public string Path(string name) => $"{_path}/{name}";

    public byte[] Read(string name) => File.ReadAllBytes(Path(name));

    public void Write(string name, byte[] bytes) => File.WriteAllBytes(Path(name), bytes);

    public void Dispose() => Directory.Delete(_path, recursive: true);

    public static implicit operator string(TestFolder folder) => folder._path;
}
