using MicroCreds.Fabric.DevNetwork.CertificateAuthorities;

namespace MicroCreds.Fabric.DevNetwork;

/// <summary>Where one network keeps its key material and its ledger; held by one process at a time.</summary>
internal sealed class StateStore : IDisposable
{
    private const string MemoryFileSystem = "/dev/shm";

    private readonly FileStream _lock;
    private readonly bool _removeKeys;
    private readonly string? _memory;

    private StateStore(string path, FileStream held, bool inMemory, bool removeKeys)
    {
        (Path, _lock, _removeKeys) = (path, held, removeKeys);
        if (inMemory)
        {
            // The ledger is the same either way; only its file lies where nothing is kept.
            string parent = Directory.Exists(MemoryFileSystem) ? MemoryFileSystem : System.IO.Path.GetTempPath();
            _memory = System.IO.Path.Combine(parent, "microcreds-" + System.IO.Path.GetRandomFileName());
            Directory.CreateDirectory(_memory);
        }

        LedgerFile = System.IO.Path.Combine(_memory ?? path, "ledger.db");
    }

    public string Path { get; }

    public string LedgerFile { get; }

    /// <summary>Takes hold of a state directory, which is made when absent.</summary>
    /// <exception cref="DevNetworkException">Another process holds it, or it cannot be written.</exception>
    public static StateStore Open(string? path, bool inMemory)
    {
        if (path is null && !inMemory)
        {
            throw new DevNetworkException(
                "No state directory is given. Name one, or ask for a ledger in memory that is forgotten.");
        }

        string directory = System.IO.Path.GetFullPath(path ?? Directory.CreateTempSubdirectory("microcreds-").FullName);
        try
        {
            Directory.CreateDirectory(directory);
            string file = System.IO.Path.Combine(directory, "lock");
            var held = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new StateStore(directory, held, inMemory, removeKeys: path is null);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new DevNetworkException(
                $"The state directory {directory} cannot be written: {exception.Message}", exception);
        }
        catch (IOException exception)
        {
            throw new DevNetworkException(
                $"The state directory {directory} cannot be taken: {exception.Message} Is another network running on "
                    + "it? Stop that one first, or give another directory.",
                exception);
        }
    }

    /// <summary>Reads the key material of a member organisation, which is made when absent.</summary>
    public OrganizationMaterial OpenPeerOrganization(
        OrganizationSettings organization, IEnumerable<string> chaincodes, DateTimeOffset now) =>
        new(
            KeyMaterial.EnsurePeerOrganization(Path, organization, chaincodes, now),
            organization.MspId,
            organization.Domain);

    /// <summary>Reads the key material of the ordering organisation, which is made when absent.</summary>
    public OrganizationMaterial OpenOrdererOrganization(OrdererSettings orderer, DateTimeOffset now) =>
        new(KeyMaterial.EnsureOrdererOrganization(Path, orderer, now), orderer.MspId, orderer.Domain);

    public void Dispose()
    {
        if (_memory is not null)
        {
            Directory.Delete(_memory, recursive: true);
        }

        _lock.Dispose();
        if (_removeKeys)
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
