using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Log.Notes;

namespace MicroCreds.Ledger.Gateway.Attesting;

/// <summary>Who is asked to sign the heads of this gateway's log: other members, and witnesses outside.</summary>
public sealed class LogCosigners
{
    private LogCosigners(IReadOnlyList<LogCosigner> all) => All = all;

    /// <summary>All of them.</summary>
    public IReadOnlyList<LogCosigner> All { get; }

    /// <summary>Reads them from the file that the settings name.</summary>
    /// <exception cref="OptionsException">A line is not a key and an address; each such line is named.</exception>
    public static LogCosigners Open(GatewayServiceOptions options)
    {
        if (options.LogCosigners is not { } file) return new LogCosigners([]);
        var (found, faults) = (new List<LogCosigner>(), new List<string>());
        foreach (var (index, line) in File.ReadAllLines(file).Index())
        {
            if (line.Length == 0 || line[0] == '#') continue;
            string place = $"LogCosigners: line {index + 1} of {file}";
            if (line.Split(' ') is not [var text, var url]
                || !Uri.TryCreate(url.TrimEnd('/') + "/", UriKind.Absolute, out var address)
                || address.Scheme is not ("https" or "http"))
            {
                faults.Add($"{place} must be a verifier key, a space and an address such as https://creds.example.");
                continue;
            }

            try
            {
                var key = NoteKey.Parse(text);
                if (key.Type == NoteKeyType.Cosignature) found.Add(new LogCosigner(key, address));
                else faults.Add($"{place} has a log's key; the memberKey or cosignerKey of /v1/log is due.");
            }
            catch (FormatException exception)
            {
                faults.Add($"{place}: {exception.Message}");
            }
        }

        return faults.Count == 0 ? new LogCosigners(found) : throw new OptionsException(faults);
    }
}

/// <summary>Somebody who is asked to sign heads.</summary>
/// <param name="Key">What verifies its cosignatures.</param>
/// <param name="Address">A member's gateway; or what a witness's addresses lie below. It ends in a slash.</param>
public sealed record LogCosigner(NoteKey Key, Uri Address);
