using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>
/// Brings chaincode to a channel the way institutions do: each installs its package and approves the definition, then
/// one commits it.
/// </summary>
internal sealed class ChaincodeDeployment(FabricBinaries binaries, NativeFiles files, Consortium consortium)
{
    /// <summary>How often at most while the peer gets no further block.</summary>
    private const int MaxTries = 60;

    /// <summary>What a peer says that has the hash of an approval, and not the approval.</summary>
    private const string Lost = "private data matching public hash version is not available";

    private static readonly JsonSerializerOptions CollectionsJson = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Deploys what the description lists and the channel does not have yet, and installs the packages of the rest
    /// where a peer has lost them: by its package it endorses, since of what was approved the ledger's hash is enough.
    /// </summary>
    public async Task EnsureAsync(CancellationToken cancellation)
    {
        var deployed = DeployedChaincode.ReadAll(files.Deployment);
        foreach (var chaincode in consortium.Chaincodes)
        {
            if (!deployed.TryGetValue(chaincode.Name, out var known))
            {
                await DefineAsync(chaincode, sequence: 1, cancellation);
            }
            else if (known.Version == chaincode.Version)
            {
                await Task.WhenAll(consortium.OwnOrganizations().Where(o => chaincode.Servers.ContainsKey(o.MspId))
                    .Select(organization => InstallIfLostAsync(organization, chaincode, cancellation)));
            }
        }
    }

    private async Task InstallIfLostAsync(
        OrganizationSettings organization, ChaincodeSettings chaincode, CancellationToken cancellation)
    {
        var (code, installed, _) = await new PeerCommand(binaries, files, organization).TryRunAsync(
            ["lifecycle", "chaincode", "queryinstalled", "--output", "json"], cancellation);
        var package = new DeployedPackage(files, chaincode, organization);
        package.Ensure();
        if (code != 0 || !installed.Contains(package.Id, StringComparison.Ordinal))
        {
            await InstallAsync(organization, package, cancellation);
        }
    }

    /// <summary>Installs, approves and commits a definition, whatever of it has been done already.</summary>
    public async Task DefineAsync(ChaincodeSettings chaincode, int sequence, CancellationToken cancellation)
    {
        await Task.WhenAll(consortium.OwnOrganizations().Select(async organization =>
        {
            // Who runs no server of it agrees to it all the same.
            var package = chaincode.Servers.ContainsKey(organization.MspId)
                ? await InstallAsync(organization, chaincode, cancellation)
                : null;
            await ApproveAsync(organization, chaincode, package, sequence, cancellation);
        }));
        await CommitAsync(chaincode, sequence, cancellation);
        var deployed = DeployedChaincode.ReadAll(files.Deployment);
        deployed[chaincode.Name] = new DeployedChaincode(chaincode.Version, sequence);
        DeployedChaincode.WriteAll(files.Deployment, deployed);
    }

    /// <summary>Makes an organisation's package and installs it on its peer.</summary>
    public async Task<DeployedPackage> InstallAsync(
        OrganizationSettings organization, ChaincodeSettings chaincode, CancellationToken cancellation)
    {
        var package = new DeployedPackage(files, chaincode, organization);
        package.Ensure();
        await InstallAsync(organization, package, cancellation);
        return package;
    }

    private async Task InstallAsync(
        OrganizationSettings organization, DeployedPackage package, CancellationToken cancellation)
    {
        var command = new PeerCommand(binaries, files, organization);
        string[] arguments = ["lifecycle", "chaincode", "install", package.File];
        var (code, _, error) = await command.TryRunAsync(arguments, cancellation);
        if (code != 0 && !error.Contains("already successfully installed", StringComparison.Ordinal))
        {
            throw new OperatorException(
                $"{organization.MspId} could not install {package.File}:\n{PeerCommand.LastWords(error)}");
        }
    }

    /// <summary>Approves a definition in an organisation's name; again, it changes nothing.</summary>
    /// <exception cref="ApprovalLostException">It was approved, and the peer has lost that.</exception>
    public Task ApproveAsync(
        OrganizationSettings organization, ChaincodeSettings chaincode, DeployedPackage? package, int sequence,
        CancellationToken cancellation)
    {
        string[] arguments =
        [
            "lifecycle", "chaincode", "approveformyorg", .. Definition(chaincode, sequence),
            .. package is null ? (string[])[] : ["--package-id", package.Id],
        ];

        // The same approval again is refused, in 3.x as a redefinition and in 2.5 for having nothing to endorse.
        return SubmitAsync(
            organization, arguments,
            async _ => await ReadApprovedAsync(organization, chaincode, sequence, cancellation) is { } approved
                && approved.PackageId == package?.Id,
            error => IsLost(error) || error.Contains("different parameters", StringComparison.Ordinal),
            cancellation);
    }

    private static bool IsLost(string error) => error.Contains(Lost, StringComparison.Ordinal);

    /// <summary>Asks an organisation's peer what it approved; null if nothing, or if the peer does not say.</summary>
    /// <exception cref="ApprovalLostException">Something, and the peer has lost what.</exception>
    public async Task<ApprovedPackage?> ReadApprovedAsync(
        OrganizationSettings organization, ChaincodeSettings chaincode, int sequence, CancellationToken cancellation) =>
        await FindApprovedAsync(organization, chaincode, sequence, cancellation) is { } approved
            ? new ApprovedPackage((string?)approved["source"]?["Type"]?["LocalPackage"]?["package_id"])
            : null;

    /// <summary>The whole definition that an organisation approved, as its peer tells it; null as above.</summary>
    /// <exception cref="ApprovalLostException">As above.</exception>
    public async Task<JsonObject?> FindApprovedAsync(
        OrganizationSettings organization, ChaincodeSettings chaincode, int sequence, CancellationToken cancellation)
    {
        var (code, output, error) = await new PeerCommand(binaries, files, organization).TryRunAsync(
            [
                "lifecycle", "chaincode", "queryapproved", "--channelID", consortium.Channel, "--name", chaincode.Name,
                "--sequence", sequence.ToString(CultureInfo.InvariantCulture), "--output", "json",
            ],
            cancellation);
        return code == 0 ? JsonNode.Parse(output)?.AsObject()
            : IsLost(error) ? throw new ApprovalLostException(PeerCommand.LastWords(error))
            : null;
    }

    /// <summary>Asks the channel which definition of a chaincode it has; null if nobody says.</summary>
    public async Task<DeployedChaincode?> FindCommittedAsync(string name, CancellationToken cancellation)
    {
        var (code, output, _) = await new PeerCommand(binaries, files, consortium.OwnOrganizations().First())
            .TryRunAsync(
                [
                    "lifecycle", "chaincode", "querycommitted", "--channelID", consortium.Channel, "--name", name,
                    "--output", "json",
                ],
                cancellation);
        return code == 0 && output.StartsWith('{') && JsonNode.Parse(output) is { } told
            ? new DeployedChaincode((string)told["version"]!, (int)told["sequence"]!)
            : null;
    }

    private Task CommitAsync(ChaincodeSettings chaincode, int sequence, CancellationToken cancellation)
    {
        string[] arguments =
        [
            "lifecycle", "chaincode", "commit", .. Definition(chaincode, sequence),
            .. consortium.OwnOrganizations().SelectMany(organization => (string[])
                [
                    "--peerAddresses", organization.Peer,
                    "--tlsRootCertFiles", Path.Combine(files.PeerNode(organization), "tls", "ca.crt"),
                ]),
        ];
        string done = string.Create(CultureInfo.InvariantCulture, $"new definition must be sequence {sequence + 1}");
        return SubmitAsync(
            consortium.OwnOrganizations().First(), arguments,
            error => Task.FromResult(error.Contains(done, StringComparison.Ordinal)),
            error => error.Contains("new definition must be sequence", StringComparison.Ordinal),
            cancellation);
    }

    private IEnumerable<string> Definition(ChaincodeSettings chaincode, int sequence) =>
    [
        "--channelID", consortium.Channel, "--name", chaincode.Name, "--version", chaincode.Version,
        "--sequence", sequence.ToString(CultureInfo.InvariantCulture),
        "--signature-policy", chaincode.EndorsementPolicy,
        .. CollectionsOf(chaincode),
    ];

    /// <summary>Names the file of a chaincode's collections, which is written in Fabric's own form.</summary>
    private IEnumerable<string> CollectionsOf(ChaincodeSettings chaincode)
    {
        if (chaincode.Collections.Count == 0)
        {
            return [];
        }

        // Several organisations approve at once: nobody may find half a file.
        string file = files.Collections(chaincode);
        string written = $"{file}.{Guid.NewGuid():N}";
        File.WriteAllText(written, JsonSerializer.Serialize(chaincode.Collections, CollectionsJson));
        File.Move(written, file, overwrite: true);
        return ["--collections-config", file];
    }

    /// <summary>
    /// Submits through the orderers in turn, again while the cluster elects its leader or the peer, which may be new to
    /// the channel, still gets blocks.
    /// </summary>
    private async Task SubmitAsync(
        OrganizationSettings organization, string[] arguments, Func<string, Task<bool>> isDone,
        Predicate<string> isFinal, CancellationToken cancellation)
    {
        var command = new PeerCommand(binaries, files, organization);
        var orderers = NativePorts.OrderersOf(consortium);
        string error;
        ulong? height = null;
        for (int i = 0; ; i++)
        {
            var (host, endpoint) = orderers[i % orderers.Count];
            string ca = Path.Combine(files.OrdererNode(consortium.Orderer, host), "tls", "ca.crt");
            (int code, _, error) = await command.TryRunAsync(
                [.. arguments, "--orderer", endpoint, "--tls", "--cafile", ca], cancellation);
            if (code == 0 || await isDone(error))
            {
                return;
            }

            if (isFinal(error))
            {
                break;
            }

            if (i % MaxTries == 0)
            {
                ulong? now = await command.TryReadHeightAsync(consortium.Channel, cancellation);
                if (i > 0 && now == height)
                {
                    break;
                }

                height = now;
            }

            await Task.Delay(RetryInterval, cancellation);
        }

        string line = string.Join(' ', arguments);
        string told = $"{organization.MspId}: peer {line} failed:\n{PeerCommand.LastWords(error)}";
        throw IsLost(error) ? new ApprovalLostException(told) : new OperatorException(told);
    }
}

/// <summary>What an organisation approved.</summary>
/// <param name="PackageId">Its own package, or null if it serves none.</param>
internal sealed record ApprovedPackage(string? PackageId);
