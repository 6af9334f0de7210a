using MicroCreds.Fabric.DevNetwork;

namespace MicroCreds.Ledger.Operator.Engines.Native;

/// <summary>An institution's ledger and store, as directories of this machine.</summary>
internal sealed class NativeData(string state, OrganizationSettings organization) : IInstitutionData
{
    public Task<string> OpenAsync(CancellationToken cancellation)
    {
        string ledger = Path.Combine(state, InstitutionParts.PeerData(organization));
        return Directory.Exists(ledger)
            ? Task.FromResult(state)
            : throw new OperatorException($"{ledger} is missing: there is nothing to back up.");
    }

    public void Close()
    {
        // The files are where they always are.
    }

    public Task ReplaceAsync(string source, CancellationToken cancellation)
    {
        string[] parts = [InstitutionParts.PeerData(organization), InstitutionParts.GatewayData(organization)];
        foreach (string part in parts.Where(part => Directory.Exists(Path.Combine(source, part))))
        {
            string target = Path.Combine(state, part);
            if (Directory.Exists(target))
            {
                string aside = Aside(target);
                Directory.Move(target, aside);
                Console.WriteLine($"What was in {target} lies in {aside} now; remove it when all is well.");
            }

            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            Directory.Move(Path.Combine(source, part), target);
        }

        return Task.CompletedTask;
    }

    private static string Aside(string directory)
    {
        int number = 1;
        while (Directory.Exists($"{directory}.before-restore-{number}"))
        {
            number++;
        }

        return $"{directory}.before-restore-{number}";
    }
}
