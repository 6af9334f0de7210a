using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Operator.Engines.Native.Authorities;

/// <summary>Brings a member's revocation list into the channel's configuration, where every peer looks.</summary>
internal sealed class Revocation(NetworkState network)
{
    private readonly NativeFiles _files = new(network.State);

    /// <summary>Publishes the list; returns whether the channel did not have it yet.</summary>
    /// <param name="organization">Whose list it is: a member's own admin suffices to change its part.</param>
    /// <param name="listPem">The whole list, as its authority signed it.</param>
    /// <param name="serial">The serial number that must be on it.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public async Task<bool> PublishAsync(
        OrganizationSettings organization, string listPem, ReadOnlyMemory<byte> serial, CancellationToken cancellation)
    {
        // The organisation's folder has it too: whoever describes the organisation anew describes it with the list.
        string folder = Path.Combine(_files.PeerMsp(organization), "crls");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(
            Path.Combine(folder, $"ca.{organization.Domain}.crl"), listPem, cancellation);

        string directory = Path.Combine(network.State, "requests", $"revocation-{organization.MspId}");
        var update = new ChannelUpdate(FabricBinaries.Find(_files.Binaries), _files, network.Consortium, directory);
        var before = await update.FetchAsync(cancellation);
        var after = before.DeepClone().AsObject();
        var msp = after["channel_group"]!["groups"]!["Application"]!["groups"]![organization.MspId]!["values"]!["MSP"]!
            ["value"]!["config"]!;
        if (msp["revocation_list"] is JsonArray known && known.Any(list => Has((string)list!, serial.Span)))
        {
            return false;
        }

        msp["revocation_list"] = new JsonArray(Convert.ToBase64String(Encoding.ASCII.GetBytes(listPem)));
        await update.WriteAsync(before, after, cancellation);
        await update.SignAsync(organization, cancellation);
        await update.SubmitAsync(organization, cancellation);
        return true;
    }

    private static bool Has(string list, ReadOnlySpan<byte> serial)
    {
        var entries = CertificateRevocationListBuilder.LoadPem(
            Encoding.ASCII.GetString(Convert.FromBase64String(list)), out _);
        return entries.RemoveEntry(serial);
    }
}
