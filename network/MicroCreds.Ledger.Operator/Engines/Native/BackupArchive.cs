using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Fabric.Protocol.Common;

namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>The file of an institution's backup: ledger, store and keys, as they lie below a state directory.</summary>
internal sealed class BackupArchive(string state, Consortium consortium, OrganizationSettings organization)
{
    private const string Description = "backup.json";

    /// <summary>A ledger's first file begins with the first block, whose header is shorter than that.</summary>
    private const int HeaderBytes = 512;

    private static readonly string[] KeyFolders = ["msp", "peers", "users", "chaincode"];

    private readonly NativeFiles _files = new(state);

    /// <summary>The keys, below the state directory; those of the authorities are not among them.</summary>
    public IEnumerable<string> Keys => KeyFolders.Select(folder => Path.Combine(Folder, folder));

    /// <summary>Where everything is unpacked to, before any of it takes its place.</summary>
    public string Unpacked => Path.Combine(state, $"restoring-{organization.MspId}");

    private string Folder => Path.Combine("organizations", "peerOrganizations", organization.Domain);

    /// <summary>Writes the file at once or not at all.</summary>
    /// <param name="data">Where ledger and store lie, as <see cref="IInstitutionData"/> opened them.</param>
    /// <param name="fabric">The version of Fabric that wrote the ledger.</param>
    /// <param name="file">Where the backup goes.</param>
    /// <param name="cancellation">Ends the packing; nothing is left of it then.</param>
    public async Task PackAsync(string data, Version fabric, string file, CancellationToken cancellation)
    {
        string unfinished = file + ".new";
        var digests = new FileDigests();
        try
        {
            await using (var stream = SecretFile.Create(unfinished))
            await using (var gzip = new GZipStream(stream, CompressionLevel.Fastest))
            await using (var tar = new TarWriter(gzip))
            {
                var made = new Origin(organization.MspId, consortium.Channel, fabric.ToString(), HasDigests: true);
                using var description = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(made));
                await tar.WriteEntryAsync(
                    new PaxTarEntry(TarEntryType.RegularFile, Description) { DataStream = description }, cancellation);
                await AddAsync(
                    tar, data, [InstitutionParts.PeerData(organization), InstitutionParts.GatewayData(organization)],
                    digests, cancellation);
                await AddAsync(tar, state, Keys, digests, cancellation);
                await digests.PackAsync(tar, cancellation);
            }

            File.Move(unfinished, file, overwrite: true);
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    /// <summary>Refuses to pack into what is packed: the archive would grow by itself without an end.</summary>
    /// <exception cref="OperatorException">The file would lie in what is packed.</exception>
    public void RequireOutside(string file)
    {
        string place = RealPath.Of(file);
        string[] parts =
            [InstitutionParts.PeerData(organization), InstitutionParts.GatewayData(organization), .. Keys];
        foreach (string part in parts.Select(part => RealPath.Of(Path.Combine(state, part))))
        {
            if (place.StartsWith(part + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                throw new OperatorException(
                    $"{file} lies in {part}, which is packed: the backup would become a part of itself. Name a file "
                    + "elsewhere, best on another disk; nothing was stopped.");
            }
        }
    }

    /// <summary>Unpacks the file beside what there is, looks whether it is whole, and compares both.</summary>
    /// <exception cref="OperatorException">
    /// It is damaged, or no backup of this institution on this network, or the store in it is damaged.
    /// </exception>
    public async Task UnpackAsync(string file, Version fabric, CancellationToken cancellation)
    {
        Forget();
        SecretFile.CreateDirectory(Unpacked);
        try
        {
            await WholeGzip.RequireAsync(file, cancellation);
            await using (var stream = File.OpenRead(file))
            await using (var gzip = new GZipStream(stream, CompressionMode.Decompress))
            {
                await TarFile.ExtractToDirectoryAsync(gzip, Unpacked, overwriteFiles: false, cancellation);
            }

            await RequireUsableAsync(file, fabric, cancellation);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or JsonException)
        {
            Forget();
            throw new OperatorException(
                $"{file} is no backup that can be unpacked to {Unpacked}: {exception.Message} If it was one, it is "
                + "damaged: take another copy of it, or the backup before it. Nothing was changed.");
        }
        catch
        {
            Forget();
            throw;
        }
    }

    /// <summary>Removes what was unpacked.</summary>
    public void Forget()
    {
        if (Directory.Exists(Unpacked))
        {
            Directory.Delete(Unpacked, recursive: true);
        }
    }

    private async Task RequireUsableAsync(string file, Version fabric, CancellationToken cancellation)
    {
        bool hasDigests = ReadOrigin() is { HasDigests: true };
        if (hasDigests && await FileDigests.FindFaultAsync(Unpacked, cancellation) is { } damage)
        {
            throw new OperatorException(
                $"{file} is damaged: {damage} Take another copy of it, or the backup before it. Nothing was changed.");
        }

        if (FindFault(fabric) is { } fault)
        {
            throw new OperatorException(
                $"{file} is no backup of the peer of {organization.MspId} on this network: {fault} Give the one "
                + "that scripts/backup.sh wrote for it here. Nothing was changed.");
        }

        string store = Path.Combine(Unpacked, InstitutionParts.GatewayData(organization));
        if (await UnpackedStore.FindFaultAsync(store, isAsPacked: hasDigests) is { } unusable)
        {
            throw new OperatorException(
                $"The gateway's store in {file} cannot be used: {unusable} Take another copy of the backup, or the one "
                + "before it. Nothing was changed.");
        }
    }

    /// <summary>Says what shows that the copy is another institution's or another network's; null if nothing does.
    /// </summary>
    private string? FindFault(Version fabric)
    {
        if (!Directory.Exists(Path.Combine(Unpacked, InstitutionParts.PeerData(organization))))
        {
            return "it holds no ledger of that peer.";
        }

        string chain = new NativeFiles(Unpacked).PeerChannel(organization, consortium.Channel);
        if (!Directory.Exists(chain))
        {
            string[] others = Directory.Exists(Path.GetDirectoryName(chain))
                ? [.. Directory.GetDirectories(Path.GetDirectoryName(chain)!).Select(path => Path.GetFileName(path)!)]
                : [];
            return $"its ledger has the channel {string.Join(", ", others.DefaultIfEmpty("(none)"))}, and this network "
                + $"the channel {consortium.Channel}.";
        }

        if (HasAnotherAuthority())
        {
            return $"its certificates are of another authority than those in {Path.Combine(state, Folder, "msp")}.";
        }

        if (HasAnotherBeginning(chain))
        {
            return $"its ledger begins with another block than {_files.GenesisBlock}.";
        }

        return ReadOrigin() is { } made && Version.Parse(made.Fabric) is var version
            && (version.Major, version.Minor).CompareTo((fabric.Major, fabric.Minor)) > 0
            ? $"Fabric {version} wrote it, and here is Fabric {fabric}, which may not read it: put the newer one in "
                + "FABRIC_BIN."
            : null;
    }

    private Origin? ReadOrigin()
    {
        string description = Path.Combine(Unpacked, Description);
        return File.Exists(description)
            ? JsonSerializer.Deserialize<Origin>(File.ReadAllBytes(description))
            : null;
    }

    private bool HasAnotherAuthority()
    {
        string Authorities(string root) => Path.Combine(root, Folder, "msp", "cacerts");
        if (!Directory.Exists(Authorities(state)) || !Directory.Exists(Authorities(Unpacked)))
        {
            return false; // The keys were lost, too: they come from the backup.
        }

        string[] Contents(string root) => [.. Directory.GetFiles(Authorities(root)).Select(File.ReadAllText)];
        return !Contents(state).Intersect(Contents(Unpacked)).Any();
    }

    /// <summary>Looks for the hash of the first block's data, which stands in its header and is no other network's.
    /// </summary>
    private bool HasAnotherBeginning(string chain)
    {
        string first = Path.Combine(chain, "blockfile_000000");
        if (!File.Exists(_files.GenesisBlock) || !File.Exists(first))
        {
            return false;
        }

        var genesis = Block.Parser.ParseFrom(File.ReadAllBytes(_files.GenesisBlock));
        using var stream = File.OpenRead(first);
        byte[] head = new byte[HeaderBytes];
        int read = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        return head.AsSpan(0, read).IndexOf(genesis.Header.DataHash.Span) < 0;
    }

    private static async Task AddAsync(
        TarWriter tar, string root, IEnumerable<string> parts, FileDigests digests, CancellationToken cancellation)
    {
        foreach (string directory in parts.Select(part => Path.Combine(root, part)).Where(Directory.Exists))
        {
            // The directory itself, too: who may look into it is noted with it.
            string[] inside = Directory.GetFileSystemEntries(directory, "*", SearchOption.AllDirectories);
            foreach (string entry in inside.Prepend(directory).Order(StringComparer.Ordinal))
            {
                string name = Path.GetRelativePath(root, entry).Replace('\\', '/');
                if (File.Exists(entry))
                {
                    await digests.AddAsync(name, entry, cancellation);
                }

                await tar.WriteEntryAsync(entry, name, cancellation);
            }
        }
    }

    /// <summary>What a backup says of itself.</summary>
    /// <param name="MspId">Whose it is.</param>
    /// <param name="Channel">The channel of its ledger.</param>
    /// <param name="Fabric">The version of Fabric that wrote the ledger.</param>
    /// <param name="HasDigests">Whether <see cref="FileDigests"/> are in it. Default is no, as in older ones.</param>
    private sealed record Origin(string MspId, string Channel, string Fabric, bool HasDigests = false);
}
