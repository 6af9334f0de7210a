using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Log.Notes;

namespace MicroCreds.Ledger.Gateway.Attesting;

/// <summary>The logs whose heads this gateway cosigns, and its key for that; it has none without such logs.</summary>
public sealed class WitnessedLogs : IDisposable
{
    private readonly ILookup<string, NoteKey> _keys;

    private WitnessedLogs(IEnumerable<NoteKey> keys, LogKey? cosigner) =>
        (_keys, Cosigner) = (keys.ToLookup(key => key.Name, StringComparer.Ordinal), cosigner);

    /// <summary>The keys of those logs.</summary>
    public IEnumerable<NoteKey> Keys => _keys.SelectMany(one => one);

    /// <summary>The key that cosigns; none without logs.</summary>
    public LogKey? Cosigner { get; }

    /// <summary>Reads them from the file that the settings name.</summary>
    /// <exception cref="OptionsException">A line is no verifier key of a log; each such line is named.</exception>
    public static WitnessedLogs Open(GatewayServiceOptions options)
    {
        if (options.WitnessedLogs is not { } file) return new WitnessedLogs([], cosigner: null);
        var (keys, faults) = (new List<NoteKey>(), new List<string>());
        foreach (var (index, line) in File.ReadAllLines(file).Index())
        {
            if (line.Length == 0 || line[0] == '#') continue;
            try
            {
                var key = NoteKey.Parse(line);
                if (key.Type != NoteKeyType.Ed25519)
                    faults.Add($"WitnessedLogs: line {index + 1} of {file} is a cosigner's key, not a log's.");
                else if (keys.Exists(one => one.Name == key.Name && one.Id == key.Id))
                    faults.Add($"WitnessedLogs: line {index + 1} of {file} has a key that stands above: take one out.");
                else keys.Add(key);
            }
            catch (FormatException exception)
            {
                faults.Add($"WitnessedLogs: line {index + 1} of {file}: {exception.Message}");
            }
        }

        return faults.Count == 0
            ? new WitnessedLogs(keys, LogKey.OpenCosigner(options))
            : throw new OptionsException(faults);
    }

    /// <summary>The keys of the log of a name; none if it is not to be witnessed.</summary>
    public IReadOnlyList<NoteKey> KeysOf(string origin) => [.. _keys[origin]];

    public void Dispose() => Cosigner?.Dispose();
}
