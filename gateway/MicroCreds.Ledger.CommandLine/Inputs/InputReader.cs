using System.Text;
using MicroCreds.Ledger.Bundles;
using MicroCreds.Ledger.Credentials.Compact;
using MicroCreds.Ledger.Credentials.Fetching;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.CommandLine.Inputs;

/// <summary>Reads what the command line names: files, patterns, folders, addresses, standard input.</summary>
internal sealed class InputReader(FetchOptions fetching)
{
    /// <summary>What <c>-</c> stands for.</summary>
    public const string StandardInput = "-";

    /// <summary>What is taken out of a folder.</summary>
    private static readonly string[] Patterns = ["*.json", "*.jsonld", "*.jwt", "*.sd-jwt", "*.vc"];

    private static readonly string[] Accepted = ["application/vc", OfflineBundle.MediaType, "application/json"];

    /// <summary>Lists what is named, without reading it.</summary>
    /// <exception cref="CommandException">A pattern or a folder names nothing.</exception>
    public static IReadOnlyList<string> List(IEnumerable<string> arguments)
    {
        var names = new List<string>();
        foreach (string argument in arguments)
        {
            int before = names.Count;
            if (IsText(argument))
            {
                names.Add(argument);
            }
            else if (Directory.Exists(argument))
            {
                names.AddRange(Patterns.SelectMany(pattern => Directory.EnumerateFiles(argument, pattern))
                    .Order(StringComparer.Ordinal));
            }
            else if (!File.Exists(argument) && !IsAddress(argument) && argument.AsSpan().IndexOfAny('*', '?') >= 0)
            {
                names.AddRange(Expand(argument));
            }
            else
            {
                names.Add(argument);
            }

            if (names.Count == before)
            {
                throw new CommandException(
                    ExitCodes.NoInput, $"{argument} names no file; of a folder, {string.Join(", ", Patterns)} count.");
            }
        }

        return names;
    }

    /// <summary>Reads one of them; what goes wrong is part of the answer.</summary>
    public async Task<Input> ReadAsync(string name, CancellationToken cancellationToken)
    {
        if (IsText(name))
        {
            string mark = name[..(name.IndexOf(':', StringComparison.Ordinal) + 1)];
            return new Input(mark + "…", Encoding.UTF8.GetBytes(name));
        }

        try
        {
            if (IsAddress(name))
            {
                using var fetcher = new SafeFetcher(fetching);
                return new Input(name, await fetcher.FetchAsync(new Uri(name), Accepted, cancellationToken));
            }

            using var stream = name == StandardInput ? Console.OpenStandardInput() : File.OpenRead(name);
            return new Input(name, await ReadAsync(stream, cancellationToken));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FetchException)
        {
            return new Input(name, null, e.Message);
        }
    }

    /// <summary>Whether it is no name but a text from paper itself.</summary>
    private static bool IsText(string argument) => CompactText.Is(Encoding.UTF8.GetBytes(argument));

    private static bool IsAddress(string text) =>
        text.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("http://", StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<string> Expand(string pattern)
    {
        string folder = Path.GetDirectoryName(pattern) is { Length: > 0 } named ? named : ".";
        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, Path.GetFileName(pattern)).Order(StringComparer.Ordinal)
            : [];
    }

    private static async Task<byte[]> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var read = new MemoryStream();
        byte[] chunk = new byte[64 * 1024];
        for (int count; (count = await stream.ReadAsync(chunk, cancellationToken)) > 0;)
        {
            if (read.Length + count > OfflineBundle.MaxBytes)
                throw new IOException($"It has more than the {OfflineBundle.MaxBytes} bytes that are read.");
            read.Write(chunk, 0, count);
        }

        return StrictJson.WithoutByteOrderMark(read.ToArray());
    }
}
