using System.Formats.Tar;
using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Operator.Engines.Native;

namespace MicroCreds.Ledger.Operator.Engines.Docker;

/// <summary>
/// An institution's ledger and store, in the volumes of its peer's and its gateway's containers. They are read and
/// written by tar in a new container of the same service, so that every file keeps its owner.
/// </summary>
internal sealed class ContainerData(
    string state, Containers containers, OrganizationSettings organization) : IInstitutionData
{
    // A mount itself cannot be moved: what was there goes into a directory of its own beside what comes.
    private const string Replace =
        """
        set -e; mkdir -p "$1"; cd "$1"
        if [ -n "$(ls -A)" ]; then
          n=1
          while [ -e ".before-restore-$n" ]; do n=$((n + 1)); done
          mkdir ".before-restore-$n"
          for f in * .[!.]*; do
            case "$f" in .before-restore-*) ;; *) [ ! -e "$f" ] || mv "$f" ".before-restore-$n/" ;; esac
          done
          echo "$1/.before-restore-$n"
        fi
        tar --extract --no-same-owner --preserve-permissions
        """;

    private string Copy => Path.Combine(state, $"copying-{organization.MspId}");

    /// <summary>What is kept: by which service, where inside, and where below a state directory.</summary>
    private IEnumerable<(string Service, string Inside, string Part)> Kept =>
    [
        (InstitutionParts.Peer(organization),
            Path.Combine(new NativeFiles(ContainerView.NodeRoot).PeerSettings(organization), "data"),
            InstitutionParts.PeerData(organization)),
        (InstitutionParts.Gateway(organization), ComposeFile.GatewayData,
            InstitutionParts.GatewayData(organization)),
    ];

    public async Task<string> OpenAsync(CancellationToken cancellation)
    {
        Close();
        foreach (var (service, inside, part) in Kept)
        {
            string target = Directory.CreateDirectory(Path.Combine(Copy, part)).FullName;
            string archive = target + ".tar";
            await using (var output = SecretFile.Create(archive))
            {
                await containers.RunInsideAsync(
                    service, ["tar", "--create", "--exclude=./.before-restore-*", $"--directory={inside}", "."],
                    input: null, output, cancellation);
            }

            await TarFile.ExtractToDirectoryAsync(archive, target, overwriteFiles: true, cancellation);
            File.Delete(archive);
        }

        return Copy;
    }

    public void Close()
    {
        if (Directory.Exists(Copy))
        {
            Directory.Delete(Copy, recursive: true);
        }
    }

    public async Task ReplaceAsync(string source, CancellationToken cancellation)
    {
        foreach (var (service, inside, part) in Kept.Where(kept => Directory.Exists(Path.Combine(source, kept.Part))))
        {
            string archive = Path.Combine(source, part) + ".tar";
            await using (var output = SecretFile.Create(archive))
            {
                await TarFile.CreateFromDirectoryAsync(
                    Path.Combine(source, part), output, includeBaseDirectory: false, cancellation);
            }

            await using var input = File.OpenRead(archive);
            string aside = await containers.RunInsideAsync(
                service, ["sh", "-c", Replace, "sh", inside], input, output: null, cancellation);
            if (aside.Trim() is { Length: > 0 } directory)
            {
                Console.WriteLine(
                    $"What {service} had lies in {directory} of its volume now; remove it when all is well.");
            }
        }
    }
}
