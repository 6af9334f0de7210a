using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Log.Notes;

namespace MicroCreds.Ledger.Gateway.Attesting;

/// <summary>Who is asked to sign the heads of this gateway's log: other members, and witnesses outside.</summary>
public sealed class LogCosigners
{
    /// <summary>Stands for all other members that the ledger has at a time.</summary>
    public const string Members = "members";

    private LogCosigners(IReadOnlyList<LogCosigner> all) => All = all;

    /// <summary>Those who are named.</summary>
    public IReadOnlyList<LogCosigner> All { get; }

    /// <summary>Whether all other members are asked beside them.</summary>
    public bool AsksMembers { get; private init; }

    /// <summary>Reads them from the file that the settings name.</summary>
    /// <exception cref="OptionsException">
    /// A line is neither a key and an address nor a member; each such line is named.
    /// </exception>
    public static LogCosigners Open(GatewayServiceOptions options)
    {
        if (options.LogCosigners is not { } file) return new LogCosigners([]);
        if (file == Members) return new LogCosigners([]) { AsksMembers = true };
        bool asksMembers = false;
        var (found, faults) = (new List<LogCosigner>(), new List<string>());
        foreach (var (index, line) in File.ReadAllLines(file).Index())
        {
            if (line.Length == 0 || line[0] == '#') continue;
            if (line == Members)
            {
                asksMembers = true;
                continue;
            }

            string place = $"LogCosigners: line {index + 1} of {file}";
            try
            {
                found.Add(Read(line));
            }
            catch (FormatException exception)
            {
                faults.Add($"{place}: {exception.Message}");
            }
        }

        return faults.Count == 0
            ? new LogCosigners(found) { AsksMembers = asksMembers } : throw new OptionsException(faults);
    }

    private static LogCosigner Read(string line)
    {
        string[] parts = line.Split(' ');
        string name = parts[0];
        bool isKey = name.Contains('+', StringComparison.Ordinal);
        Uri? address = null;
        if (parts.Length > 2 || (parts.Length < 2 && isKey) || (parts.Length == 2 && !TryRead(parts[1], out address)))
        {
            throw new FormatException(
                "It must be a member's MSP, or a verifier key; then a space and an address such as "
                + "https://creds.example, which may be left out for a member.");
        }

        if (!isKey) return new LogCosigner(name, Key: null, address);
        var key = NoteKey.Parse(name);
        return key.IsCosigner
            ? new LogCosigner(name, key, address)
            : throw new FormatException("It is a log's key; the memberKey or cosignerKey of /v1/log is due.");
    }

    private static bool TryRead(string url, out Uri? address) =>
        Uri.TryCreate(url.TrimEnd('/') + "/", UriKind.Absolute, out address)
        && address.Scheme is "https" or "http";
}

/// <summary>Somebody who is asked to sign heads.</summary>
/// <param name="Name">What the file names it by: a verifier key, or the MSP of a member.</param>
/// <param name="Key">What verifies its cosignatures; none of a member, whose keys the ledger has.</param>
/// <param name="Address">
/// A member's gateway; or what a witness's addresses lie below. It ends in a slash. None of a member that is to be
/// found where the ledger says.
/// </param>
public sealed record LogCosigner(string Name, NoteKey? Key, Uri? Address);
