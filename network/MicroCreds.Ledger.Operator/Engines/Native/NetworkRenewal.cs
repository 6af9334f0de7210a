using System.Security.Cryptography.X509Certificates;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Operator.Engines.Native.Authorities;

namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>
/// Renews the certificates that are about to expire, each for the key that it has, and restarts one after the other
/// what serves by them. What is still to be restarted is written down first: after a failure the next call goes on.
/// </summary>
internal sealed class NetworkRenewal(NetworkState known, IFabricEngine engine)
{
    private const int Unrenewed = 2;

    private static readonly TimeSpan ReachTimeout = TimeSpan.FromSeconds(60);

    private readonly NativeFiles _files = new(known.State);
    private readonly FabricAuthorities _authorities = new(known.State);
    private readonly List<string> _faults = [];
    private readonly SortedSet<string> _restarts = new(StringComparer.Ordinal);
    private int _renewed;

    private string RestartsFile => Path.Combine(_files.Root, "restarts");

    /// <returns>0 if all is well, 2 if some certificate could not be renewed.</returns>
    public async Task<int> RunAsync(TimeSpan within, CancellationToken cancellation)
    {
        if (File.Exists(RestartsFile))
        {
            _restarts.UnionWith(await File.ReadAllLinesAsync(RestartsFile, cancellation));
        }

        var now = TimeProvider.System.GetUtcNow();
        foreach (var organization in known.Consortium.OwnOrganizations())
        {
            await RenewAsync(
                organization.MspId, organization.Domain, "peerOrganizations", now, now + within, cancellation);
        }

        var orderer = known.Consortium.Orderer;
        if (!orderer.RunsElsewhere)
        {
            await RenewAsync(orderer.MspId, orderer.Domain, "ordererOrganizations", now, now + within, cancellation);
        }

        Console.WriteLine(_renewed == 0
            ? $"No certificate expires before {now + within:yyyy-MM-dd}."
            : $"Renewed {_renewed} certificates; every key stays.");
        await RestartAsync(cancellation);
        Console.WriteLine(_faults.Count == 0 ? "All is well." : $"Not renewed:\n  {string.Join("\n  ", _faults)}");
        return _faults.Count == 0 ? 0 : Unrenewed;
    }

    private async Task RenewAsync(
        string mspId, string domain, string kind, DateTimeOffset now, DateTimeOffset until,
        CancellationToken cancellation)
    {
        string directory = Path.Combine(known.State, "organizations", kind, domain);
        var server = _authorities.AreUsed ? _authorities.ServerOf(mspId, domain) : null;
        using var client = server is null ? null : FabricAuthorities.Connect(server);
        ICertificateIssuer issuer = server is null
            ? new OwnAuthority(directory, domain, now)
            : new FabricCaIssuer(server, client!);
        foreach (var certificate in RenewableCertificate.FindAll(directory).Where(
            certificate => certificate.ReadExpiry() < until && !IsRevoked(directory, certificate)))
        {
            string name = Path.GetRelativePath(directory, certificate.File);
            if (IsInChannel(certificate))
            {
                _faults.Add(
                    $"{mspId}: {name}: BFT orderers stand in the channel's configuration with it: issue it anew, and "
                    + "change the consenter by a configuration update in the same step.");
                continue;
            }

            try
            {
                await NoteRestartAsync(mspId, domain, certificate, cancellation);
                var end = await certificate.RenewAsync(issuer, cancellation);
                _renewed++;
                Console.WriteLine($"  {mspId}: {name}, until {end:yyyy-MM-dd}");
            }
            catch (OperatorException exception)
            {
                _faults.Add($"{mspId}: {name}: {exception.Message}");
            }
        }

        if (server is not null && IsEnding(server.OwnCertificate, until))
        {
            // The server makes itself a new one when it starts without.
            cancellation.ThrowIfCancellationRequested();
            File.Delete(server.OwnCertificate);
            await engine.StopPartsAsync([server.Part], CancellationToken.None);
            await engine.StartAuthoritiesAsync(known.Consortium, [server], CancellationToken.None);
            _renewed++;
            Console.WriteLine($"  {mspId}: the authority's own TLS certificate");
        }
    }

    private bool IsInChannel(RenewableCertificate certificate) =>
        certificate is { Use: "orderers", IsTls: false }
        && known.Consortium.Orderer.Consensus == OrdererSettings.BftConsensus;

    /// <summary>Whether it is on a list in the organisation's folder: such a one is left to end.</summary>
    private static bool IsRevoked(string directory, RenewableCertificate certificate)
    {
        string lists = Path.Combine(directory, "msp", "crls");
        using var current = X509CertificateLoader.LoadCertificateFromFile(certificate.File);
        return Directory.Exists(lists) && Directory.GetFiles(lists).Any(list =>
            CertificateRevocationListBuilder.LoadPem(File.ReadAllText(list), out _)
                .RemoveEntry(current.SerialNumberBytes.Span));
    }

    private static bool IsEnding(string file, DateTimeOffset until)
    {
        if (!File.Exists(file))
        {
            return false;
        }

        using var certificate = X509CertificateLoader.LoadCertificateFromFile(file);
        return certificate.NotAfter < until;
    }

    private async Task NoteRestartAsync(
        string mspId, string domain, RenewableCertificate certificate, CancellationToken cancellation)
    {
        string? restart = certificate.Use switch
        {
            "orderers" => certificate.Owner[..^(domain.Length + 1)],
            "peers" => $"peer-{mspId}",
            "chaincode" => certificate.IsChaincodeClient ? $"package-{mspId}" : $"chaincode-{mspId}",
            _ when mspId == known.Consortium.Orderer.MspId => null,
            _ => $"gateway-{mspId}",
        };
        if (restart is not null && _restarts.Add(restart))
        {
            await File.WriteAllLinesAsync(RestartsFile, _restarts, cancellation);
        }
    }

    private async Task RestartAsync(CancellationToken cancellation)
    {
        if (_restarts.Count == 0)
        {
            return;
        }

        var running = await engine.ListRunningAsync(cancellation);
        if (!known.Consortium.OwnOrganizations().Any(o => running.Contains(InstitutionParts.Peer(o))))
        {
            _faults.Add("Nothing runs: scripts/up.sh starts it with the new certificates; then run this again, which "
                + "gives the peers their new client certificates for the contract.");
            return;
        }

        foreach (var (host, _) in NativePorts.OrderersOf(known.Consortium).Where(o => _restarts.Contains(o.Host)))
        {
            cancellation.ThrowIfCancellationRequested();
            await engine.StopPartsAsync([host], CancellationToken.None);
            await engine.StartOrdererAsync(known.Consortium, host, CancellationToken.None);
            await DoneAsync(host, CancellationToken.None);
        }

        foreach (var organization in known.Consortium.OwnOrganizations())
        {
            await RestartAsync(organization, cancellation);
        }

        await NetworkProbe.WaitAsync(known.Network, ReachTimeout, cancellation);
        File.Delete(RestartsFile);
    }

    /// <summary>Restarts an institution's parts; what was stopped is started also after an interruption.</summary>
    private async Task RestartAsync(OrganizationSettings organization, CancellationToken cancellation)
    {
        string peer = InstitutionParts.Peer(organization);
        if (_restarts.Contains(peer))
        {
            cancellation.ThrowIfCancellationRequested();
            await engine.StopPartsAsync([peer], CancellationToken.None);
            await engine.StartPeerAsync(known.Consortium, organization, CancellationToken.None);
            await DoneAsync(peer, CancellationToken.None);
        }

        string package = $"package-{organization.MspId}";
        bool repacked = _restarts.Contains(package);
        if (repacked)
        {
            await new PackageRenewal(_files, engine.SeenByCommands(known.Consortium))
                .RunAsync(organization, cancellation);
        }

        var (chaincode, gateway) = (InstitutionParts.Chaincode(organization), InstitutionParts.Gateway(organization));
        string[] programs =
        [
            .. repacked || _restarts.Contains(chaincode) ? [chaincode] : (string[])[],
            .. _restarts.Contains(gateway) ? [gateway] : (string[])[],
        ];
        cancellation.ThrowIfCancellationRequested();
        await engine.StopPartsAsync(programs, CancellationToken.None);
        await engine.StartInstitutionAsync(
            known.Consortium, known.Network, organization, CancellationToken.None);
        foreach (string program in programs.Append(package).Where(_restarts.Contains))
        {
            await DoneAsync(program, CancellationToken.None);
        }
    }

    private async Task DoneAsync(string restart, CancellationToken cancellation)
    {
        Console.WriteLine($"  {restart} serves with the new certificate.");
        await File.WriteAllLinesAsync(RestartsFile, _restarts.Where(other => other != restart), cancellation);
        _restarts.Remove(restart);
    }
}
