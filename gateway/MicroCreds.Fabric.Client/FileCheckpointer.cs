using System.Globalization;
using System.Text.Json;

namespace MicroCreds.Fabric.Client;

/// <summary>Keeps the position in a file that survives restarts.</summary>
/// <remarks>
/// <para>
/// Each save writes a new file, flushes it to the disk and puts it in the old one's place, so that the file is always
/// whole: a power cut leaves the new position or the one before it. One process at a time may use a file. Thread-safe.
/// </para>
/// <para>The format is that of the official clients' file checkpointers, so that their files can be taken over.</para>
/// </remarks>
public sealed class FileCheckpointer : ICheckpointer, IDisposable
{
    private const string BlockNumber = "blockNumber";
    private const string TransactionId = "transactionId";

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly string _path;
    private Checkpoint? _position;

    private FileCheckpointer(string path, Checkpoint? position)
    {
        _path = path;
        _position = position;
    }

    /// <summary>Opens a file; it need not exist yet, its folder must.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file is there and holds no checkpoint.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder is missing.</exception>
    public static FileCheckpointer Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string fullPath = Path.GetFullPath(path);
        if (!Directory.Exists(Path.GetDirectoryName(fullPath)))
        {
            throw new DirectoryNotFoundException($"The folder of the checkpoint file {fullPath} does not exist.");
        }

        return new FileCheckpointer(fullPath, File.Exists(fullPath) ? Read(fullPath) : null);
    }

    /// <inheritdoc/>
    public async ValueTask<Checkpoint?> LoadAsync(CancellationToken cancellationToken = default)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _position;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Saves the position; when the task completes it is on the disk.</summary>
    /// <exception cref="IOException">The file cannot be written: the position before still stands.</exception>
    public async ValueTask SaveAsync(Checkpoint checkpoint, CancellationToken cancellationToken = default)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Replace(checkpoint);
            _position = checkpoint;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Frees what waiting needs. Nothing is left to be written.</summary>
    public void Dispose() => _gate.Dispose();

    private void Replace(Checkpoint checkpoint)
    {
        string next = _path + ".next";
        using (var stream = new FileStream(next, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            using (var json = new Utf8JsonWriter(stream))
            {
                json.WriteStartObject();
                json.WriteNumber(BlockNumber, checkpoint.BlockNumber);
                json.WriteString(TransactionId, checkpoint.TransactionId ?? "");
                json.WriteEndObject();
            }

            stream.Flush(flushToDisk: true);
        }

        File.Move(next, _path, overwrite: true);
    }

    private static Checkpoint? Read(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        if (bytes.Length == 0)
            return null;

        try
        {
            using var json = JsonDocument.Parse(bytes);
            var block = json.RootElement.GetProperty(BlockNumber);
            // The Node client writes the number as a string, since JavaScript's numbers are too small for it.
            ulong number = block.ValueKind == JsonValueKind.String
                ? ulong.Parse(block.GetString()!, NumberStyles.None, CultureInfo.InvariantCulture)
                : block.GetUInt64();
            string? id = json.RootElement.TryGetProperty(TransactionId, out var element) ? element.GetString() : null;
            return number == 0 && string.IsNullOrEmpty(id)
                ? null
                : new Checkpoint(number, string.IsNullOrEmpty(id) ? null : id);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException
            or FormatException or OverflowException)
        {
            throw new InvalidDataException(
                $"The file {path} is not {{\"{BlockNumber}\": …, \"{TransactionId}\": …}}: {e.Message} " +
                "Delete it to begin anew, or restore it.", e);
        }
    }
}
