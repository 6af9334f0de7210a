using System.Diagnostics.CodeAnalysis;

namespace MicroCreds.Fabric.DevNetwork;

/// <summary>The program's arguments.</summary>
internal sealed record CommandLine(string Consortium, string? State, bool InMemory)
{
    /// <summary>Reads <c>peer stop NAME --state DIRECTORY</c>, or start; false if it is something else.</summary>
    public static bool TryReadPeer(string[] args, out string request, out string state)
    {
        bool isPeer = args is ["peer", "stop" or "start", _, "--state", _];
        (request, state) = isPeer ? ($"{args[1]} {args[2]}", args[4]) : ("", "");
        return isPeer;
    }

    public static bool TryRead(
        string[] args, [NotNullWhen(true)] out CommandLine? command, out string fault)
    {
        string? consortium = null;
        string? state = null;
        bool inMemory = false;
        (command, fault) = (null, "");
        for (int i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--in-memory":
                    inMemory = true;
                    break;
                case "--consortium" when i + 1 < args.Length:
                    consortium = args[++i];
                    break;
                case "--state" when i + 1 < args.Length:
                    state = args[++i];
                    break;
                default:
                    fault = $"'{args[i]}' is not an argument, or its value is missing.";
                    return false;
            }
        }

        if (consortium is null || (state is null && !inMemory))
        {
            fault = consortium is null ? "--consortium is missing." : "--state or --in-memory is missing.";
            return false;
        }

        command = new CommandLine(consortium, state, inMemory);
        return true;
    }

    /// <summary>The one line that tells the network is ready.</summary>
    public static string ReadyLine(DevNetwork network, TimeSpan took)
    {
        var consortium = network.Consortium;
        string peers = string.Join(' ', consortium.Organizations.SelectMany(
            o => o.FurtherPeers.Prepend(o.Peer).Select(peer => $"{o.MspId}={peer}")));
        return FormattableString.Invariant(
            $"Ready in {took.TotalSeconds:0.0} s: embedded Fabric network \"{consortium.Name}\" (a development and ")
            + $"test tool, not for production): channel {consortium.Channel}, {peers}, "
            + $"orderer {consortium.Orderer.Endpoint}, "
            + $"keys in {Path.Combine(network.StateDirectory, "organizations")}";
    }
}
