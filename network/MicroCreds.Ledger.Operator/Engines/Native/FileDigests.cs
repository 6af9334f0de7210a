using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text.Json;

namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>The SHA-256 of each file of a backup, by its name there: the last entry of the archive.</summary>
internal sealed class FileDigests
{
    private const string Entry = "digests.json";

    private readonly SortedDictionary<string, string> _digests = new(StringComparer.Ordinal);

    /// <summary>Notes what a file holds.</summary>
    public async Task AddAsync(string name, string file, CancellationToken cancellation) =>
        _digests[name] = await OfFileAsync(file, cancellation);

    /// <summary>Writes them down, when all files have been packed.</summary>
    public async Task PackAsync(TarWriter tar, CancellationToken cancellation)
    {
        using var content = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(_digests));
        await tar.WriteEntryAsync(
            new PaxTarEntry(TarEntryType.RegularFile, Entry) { DataStream = content }, cancellation);
    }

    /// <summary>Looks for an unpacked file that is not as it was packed.</summary>
    /// <param name="directory">Where the backup was unpacked to.</param>
    /// <param name="cancellation">Ends the looking.</param>
    /// <returns>What is wrong, in a sentence; null if nothing is.</returns>
    public static async Task<string?> FindFaultAsync(string directory, CancellationToken cancellation)
    {
        string list = Path.Combine(directory, Entry);
        if (!File.Exists(list))
        {
            return $"the list of its files, {Entry}, is missing: it ends too early.";
        }

        var noted = JsonSerializer.Deserialize<SortedDictionary<string, string>>(
            await File.ReadAllBytesAsync(list, cancellation)) ?? [];
        foreach (var (name, digest) in noted)
        {
            string file = Path.Combine(directory, name);
            if (!File.Exists(file))
            {
                return $"{name} is missing in it.";
            }

            if (await OfFileAsync(file, cancellation) != digest)
            {
                return $"{name} in it is not as it was packed: its SHA-256 is another one.";
            }
        }

        return null;
    }

    /// <summary>The SHA-256 of a file, in hexadecimal.</summary>
    public static async Task<string> OfFileAsync(string file, CancellationToken cancellation)
    {
        await using var stream = File.OpenRead(file);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation));
    }
}
