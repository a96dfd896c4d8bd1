"""What pytest collects: the CDK's tests of Python sources, among them those of images."""

from pathlib import Path

from airbyte_cdk.test.standard_tests.source_base import SourceTestSuiteBase
from source_rest_api import SourceRestApi

root = Path(__file__).parent


class TestSource(SourceTestSuiteBase):
    connector = SourceRestApi

    @classmethod
    def get_connector_root_dir(cls):
        return root
