using MicroCreds.Ledger.Gateway.Store;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>
/// Holds the unsigned documents of a batch on disk until the tree over all of them is known: in memory they would take
/// a quarter of a gigabyte. The file goes when this is disposed. Not thread-safe.
/// </summary>
internal sealed class DocumentSpool : IDisposable
{
    private readonly FileStream _file;
    private readonly List<(long Start, int Length)> _places = [];
    private long _end;

    private DocumentSpool(FileStream file) => _file = file;

    /// <summary>Makes a spool in a directory.</summary>
    public static DocumentSpool Create(string directory)
    {
        Directory.CreateDirectory(directory);
        string path = Path.Combine(directory, Guid.NewGuid().ToString("N") + ".spool");
        return new DocumentSpool(PrivateFile.Open(path, FileMode.CreateNew, FileOptions.DeleteOnClose));
    }

    /// <summary>Adds the next document.</summary>
    public void Add(ReadOnlySpan<byte> document)
    {
        _file.Write(document);
        _places.Add((_end, document.Length));
        _end += document.Length;
    }

    /// <summary>Reads documents back, in the order they were added.</summary>
    public ReadOnlyMemory<byte>[] Read(int first, int count)
    {
        _file.Flush();
        long start = _places[first].Start;
        var last = _places[first + count - 1];
        byte[] bytes = new byte[last.Start + last.Length - start];
        _file.Position = start;
        _file.ReadExactly(bytes);
        var documents = new ReadOnlyMemory<byte>[count];
        for (int i = 0; i < count; i++)
        {
            var (begin, length) = _places[first + i];
            documents[i] = bytes.AsMemory((int)(begin - start), length);
        }

        return documents;
    }

    public void Dispose() => _file.Dispose();
}
