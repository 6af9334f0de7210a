using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Issuing;

/// <summary>
/// Holds the unsigned documents of a batch until the tree over all of them is known: those of a small one as they are,
/// those of a large one on disk, since in memory they would take a quarter of a gigabyte. The file goes when this is
/// disposed. Not thread-safe.
/// </summary>
internal sealed class DocumentSpool : IDisposable
{
    /// <summary>The most documents that are held in memory, at about 10 KB each.</summary>
    public const int MaxInMemory = 1000;

    private readonly FileStream? _file;
    private readonly List<UnsignedCredential> _inMemory = [];
    private readonly List<(long Start, int Length)> _places = [];
    private long _end;

    private DocumentSpool(FileStream? file) => _file = file;

    /// <summary>Makes a spool.</summary>
    /// <param name="directory">Where its file lies, if it needs one.</param>
    /// <param name="count">How many documents it will hold.</param>
    public static DocumentSpool Create(string directory, int count)
    {
        if (count <= MaxInMemory) return new DocumentSpool(file: null);
        Directory.CreateDirectory(directory);
        string path = Path.Combine(directory, Guid.NewGuid().ToString("N") + ".spool");
        return new DocumentSpool(PrivateFile.Open(path, FileMode.CreateNew, FileOptions.DeleteOnClose));
    }

    /// <summary>Adds the next document.</summary>
    public void Add(UnsignedCredential credential)
    {
        if (_file is null)
        {
            _inMemory.Add(credential);
            return;
        }

        var document = credential.Canonical.Span;
        _file.Write(document);
        _places.Add((_end, document.Length));
        _end += document.Length;
    }

    /// <summary>Gives documents back, in the order they were added; each is read when it is asked for.</summary>
    public Func<int, UnsignedCredential> Read(int first, int count)
    {
        if (_file is null) return i => _inMemory[first + i];
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

        return i => UnsignedCredential.FromCanonical(documents[i]);
    }

    public void Dispose() => _file?.Dispose();
}
