using System.Globalization;
using System.Net;

namespace MicroCreds.Ledger.Operator;

/// <summary>
/// Tells which process listens at an address, from what Linux lists of its sockets: an answer alone may be another
/// program's that took the port first.
/// </summary>
internal static class ListeningSockets
{
    // The columns of /proc/net/tcp, and the state of a socket that listens.
    private const int LocalAddressColumn = 1;
    private const int StateColumn = 3;
    private const int InodeColumn = 9;
    private const string ListenState = "0A";

    private static readonly string[] Tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <summary>Whether this system tells.</summary>
    public static bool AreKnown => OperatingSystem.IsLinux();

    /// <summary>Looks who listens at an address' port.</summary>
    /// <param name="endpoint">The address.</param>
    /// <param name="processId">The process that should.</param>
    /// <returns>Null while nobody does; else whether it is that process.</returns>
    public static bool? IsHeldBy(string endpoint, int processId)
    {
        var inodes = ListeningOn(IPEndPoint.Parse(endpoint).Port);
        return inodes.Count == 0 ? null : SocketsOf(processId).Any(inodes.Contains);
    }

    /// <summary>
    /// The name and number of the process that listens at an address; null if it is another user's, or ended just now.
    /// </summary>
    public static string? FindHolder(string endpoint)
    {
        var inodes = ListeningOn(IPEndPoint.Parse(endpoint).Port);
        foreach (string directory in Directory.GetDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out int id)) continue;

            if (SocketsOf(id).Any(inodes.Contains))
            {
                return $"{File.ReadAllText($"/proc/{id}/comm").Trim()}, process {id}";
            }
        }

        return null;
    }

    private static HashSet<string> ListeningOn(int port)
    {
        string suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        return
        [
            .. Tables.Where(File.Exists).SelectMany(File.ReadLines).Skip(1)
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
                .Where(row => row.Length > InodeColumn && row[StateColumn] == ListenState
                    && row[LocalAddressColumn].EndsWith(suffix, StringComparison.Ordinal))
                .Select(row => $"socket:[{row[InodeColumn]}]"),
        ];
    }

    private static IEnumerable<string> SocketsOf(int processId)
    {
        string[] descriptors;
        try
        {
            descriptors = Directory.GetFileSystemEntries($"/proc/{processId}/fd");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return []; // It has ended, or is another user's.
        }

        return descriptors.Select(TargetOf).OfType<string>();
    }

    private static string? TargetOf(string descriptor)
    {
        try
        {
            return Path.GetFileName(new FileInfo(descriptor).LinkTarget);
        }
        catch (IOException)
        {
            return null; // Closed meanwhile.
        }
    }
}
